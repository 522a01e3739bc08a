package dev.tcptop.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.model.CloseReason;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Connection.TcpFigures;
import dev.tcptop.model.Connection.Traffic;
import dev.tcptop.model.ConnectionBuilder;
import dev.tcptop.model.Endpoint;
import dev.tcptop.model.Family;
import dev.tcptop.model.Owner;
import dev.tcptop.model.PidSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which of a few connections a filter finds. */
class FilterTest {
  private static final Map<String, Connection> CONNECTIONS = new LinkedHashMap<>();

  static {
    CONNECTIONS.put(
        "web",
        ConnectionBuilder.tcp(1)
            .ends(Family.IPV4, Endpoint.of("10.0.0.1", 40000), Endpoint.of("10.200.0.9", 443))
            .traffic(new Traffic(2048, 10, 3, 2, 500, 0))
            .build());
    CONNECTIONS.put(
        "ssh",
        ConnectionBuilder.tcp(2)
            .ends(Family.IPV6, Endpoint.of("2001:db8::1", 22), Endpoint.of("fe80::5%2", 50000))
            .owner(new Owner(7, "sshd: root@pts/0", PidSource.LISTENER))
            .tcp(new TcpFigures(-1, -1, 0, 0, 0))
            .partial()
            .build());
    CONNECTIONS.put(
        "dns",
        ConnectionBuilder.udp(3)
            .ends(Family.IPV4, Endpoint.of("192.168.1.7", 5353), Endpoint.of("8.8.8.8", 53))
            .build());
    CONNECTIONS.put(
        "gone",
        ConnectionBuilder.tcp(4)
            .ends(Family.IPV4, Endpoint.of("10.0.0.1", 40001), Endpoint.of("8.8.8.8", 443))
            .owner(Owner.NOBODY)
            .closed(CloseReason.RESET)
            .build());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # numbers
          remotePort = 443                         | web gone
          remotePort=443                           | web gone
          remotePort != 443                        | ssh dns
          localPort < 5353                         | ssh
          localPort <= 5353                        | ssh dns
          localPort > 40000                        | gone
          localPort >= 40000                       | web gone
          localPort in (22, 40000)                 | web ssh
          localPort in 22                          | ssh
          remotePort = "443"                       | web gone
          bytesIn = 2KiB                           | web
          bytesIn >= 1MiB                          |
          id = 3                                   | dns
          uid = 1000                               | web ssh dns gone
          bytesIn <= 9223372036854775807           | web ssh dns gone
          # either end
          port = 443                               | web gone
          port = 40000                             | web
          port != 443                              | ssh dns
          port < 100                               | ssh dns
          port in (22, 53)                         | ssh dns
          address = 8.8.8.8                        | dns gone
          address != 8.8.8.8                       | web ssh
          address in 10.0.0.0/8                    | web gone
          # addresses
          remoteAddress in 10.0.0.0/8              | web
          remoteAddress in 10.0.0.0/9              |
          remoteAddress in 10.128.0.0/9            | web
          remoteAddress in 10.200.0.1/24           | web
          remoteAddress in 0.0.0.0/0               | web dns gone
          remoteAddress in ::/0                    | ssh
          remoteAddress in (8.8.8.8, 10.0.0.0/8)   | web dns gone
          remoteAddress = fe80::5                  | ssh
          remoteAddress = FE80:0::5%2              | ssh
          remoteAddress = fe80::5%3                |
          remoteAddress in fe80::/10               | ssh
          remoteAddress in ::ffff:10.0.0.0/104     | web
          localAddress = ::ffff:10.0.0.1           | web gone
          localAddress = 2001:db8:0:0:0:0:0:1      | ssh
          remoteAddress ~ ^10\\.                    | web
          remoteAddress ~ FE80                     | ssh
          address = null                           |
          # words and texts
          protocol = udp                           | dns
          protocol = UDP                           | dns
          protocol != udp                          | web ssh gone
          family = ipv6                            | ssh
          state = established                      | web ssh
          state in (ESTABLISHED, CLOSE)            | web ssh gone
          state ~ ^EST                             | web ssh
          state ~ ^cl                              | gone
          direction = outbound                     | web ssh gone
          phase = closed                           | gone
          closeReason = reset                      | gone
          pidSource in (listener, send)            | ssh dns
          process = curl                           | web
          process = Curl                           |
          process = "sshd: root@pts/0"             | ssh
          process = 'sshd: root@pts/0'             | ssh
          process ~ "^(dig)$"                      | dns
          process ~ r                              | web ssh
          process ~ R                              |
          process in (curl, dig)                   | web dns
          partial = true                           | ssh
          partial = false                          | web dns gone
          # times
          since = 2025-03-04T05:06:07Z             | web ssh dns gone
          since = 2025-03-04T06:06:07+01:00        | web ssh dns gone
          lastSeen > 2025-03-04T05:06:08.250Z      |
          lastSeen >= 2025-03-04T05:06:08.250Z     | web ssh dns gone
          closedAt > 2025-01-01T00:00:00Z          | gone
          # null: it is nothing but null
          pid = null                               | gone
          pid != null                              | web ssh dns
          pid != 7                                 | web dns gone
          pid < 100000                             | web ssh dns
          pid in (7, 1234)                         | web ssh
          process ~ .                              | web ssh dns
          process ~ ''                             | web ssh dns
          process = "null"                         |
          state = null                             | dns
          rttMicros = null                         | ssh dns
          rttMicros < 1                            |
          rttMicros >= 0                           | web gone
          retransmits = 0                          | ssh
          closedAt = NULL                          | web ssh dns
          not (pid < 100000)                       | gone
          pod = null                               | web ssh dns gone
          # and before or, not before both
          port = 22 or port = 53 and protocol = tcp   | ssh
          (port = 22 or port = 53) and protocol = udp | dns
          not port = 443 and not port = 53         | ssh
          not (port = 443 or port = 53)            | ssh
          not not port = 22                        | ssh
          NOT port=443 AND(port=22)                | ssh
          remoteAddress in 10.0.0.0/8 and port = 443  | web
          """)
  void findsWhatItSays(String text, String names) {
    Filter filter = Filter.parse(text);

    assertThat(
            CONNECTIONS.entrySet().stream()
                .filter(connection -> filter.test(connection.getValue()))
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(" ")))
        .isEqualTo(names == null ? "" : names);
  }
}
