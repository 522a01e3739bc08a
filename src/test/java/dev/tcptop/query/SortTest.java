package dev.tcptop.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tcptop.model.Connection;
import dev.tcptop.model.Connection.TcpFigures;
import dev.tcptop.model.Connection.Traffic;
import dev.tcptop.model.ConnectionBuilder;
import dev.tcptop.model.Endpoint;
import dev.tcptop.model.Family;
import dev.tcptop.model.Owner;
import dev.tcptop.model.PidSource;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SortTest {

  private static final List<Connection> CONNECTIONS =
      List.of(
          ConnectionBuilder.udp(4)
              .ends(Family.IPV4, Endpoint.of("10.0.0.10", 4), Endpoint.of("10.0.0.1", 53))
              .traffic(new Traffic(5, 0, 0, 0, 0, 0))
              .build(),
          ConnectionBuilder.tcp(3)
              .ends(Family.IPV4, Endpoint.of("10.0.0.9", 3), Endpoint.of("10.0.0.1", 443))
              .traffic(new Traffic(1000, 0, 0, 0, 0, 0))
              .build(),
          ConnectionBuilder.tcp(1)
              .ends(Family.IPV6, Endpoint.of("::1", 1), Endpoint.of("::1", 443))
              .owner(new Owner(9, "Apache", PidSource.FD))
              .traffic(new Traffic(5, 0, 0, 0, 0, 0))
              .tcp(new TcpFigures(50, 40, 0, 0, 0))
              .build(),
          ConnectionBuilder.tcp(2)
              .ends(Family.IPV4, Endpoint.of("200.0.0.1", 2), Endpoint.of("10.0.0.1", 443))
              .owner(Owner.NOBODY)
              .build());

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          id                   | 1 2 3 4
          -id                  | 4 3 2 1
          bytesIn              | 2 1 4 3
          -bytesIn             | 3 1 4 2
          -bytesIn,-id         | 3 4 1 2
          remotePort,-bytesIn  | 4 3 1 2
          localAddress         | 3 4 2 1
          -localAddress        | 1 2 4 3
          process              | 1 3 4 2
          -process             | 4 3 1 2
          pid                  | 1 3 4 2
          -pid                 | 4 3 1 2
          rttMicros            | 1 2 3 4
          -rttMicros           | 2 3 1 4
          protocol,pid         | 1 3 2 4
          pidSource            | 3 1 4 2
          family,-localPort    | 4 3 2 1
          pod                  | 1 2 3 4
          -pod                 | 1 2 3 4
          since                | 1 2 3 4
          """)
  void ordersByItsKeysThenById(String text, String ids) {
    assertThat(
            CONNECTIONS.stream()
                .sorted(Sort.parse(text))
                .map(connection -> Long.toString(connection.id()))
                .collect(Collectors.joining(" ")))
        .isEqualTo(ids);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3, 4, 5, Long.MAX_VALUE})
  void theFirstAreThoseOfTheWholeOrder(long limit) {
    Sort sort = Sort.parse("remotePort,-bytesIn");

    assertThat(sort.first(CONNECTIONS, limit))
        .isEqualTo(CONNECTIONS.stream().sorted(sort).limit(limit).toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''             | 1  | nothing is there
          -              | 1  | not '-'
          bytes          | 1  | not 'bytes'
          port           | 1  | not 'port'
          address        | 1  | not 'address'
          bytesIn,       | 9  | nothing is there
          bytesIn,,pid   | 9  | nothing is there
          bytesIn, pid   | 9  | not ' pid'
          pid,+uid       | 5  | not '+uid'
          pid,-bytesin   | 5  | not '-bytesin'
          id,id,id,id,id,id,id,id,pid | 25 | not 'pid'
          """)
  void saysWhereAndWhat(String text, int column, String found) {
    BadQueryException bad = catchThrowableOfType(BadQueryException.class, () -> Sort.parse(text));

    assertThat(bad).hasMessageStartingWith("takes at column " + column + " ");
    assertThat(bad).hasMessageEndingWith(found);
    assertThat(bad.column()).isEqualTo(column);
  }
}
