package dev.tcptop.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.model.Connection;
import dev.tcptop.model.ConnectionBuilder;
import dev.tcptop.model.Endpoint;
import dev.tcptop.model.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many networks in one filter find what each of them finds alone. */
class ManyAddressesTest {
  private static final List<Connection> CONNECTIONS = new ArrayList<>();

  static {
    Random random = new Random(1);
    for (int id = 1; id <= 2000; id++) {
      boolean ipv6 = random.nextInt(3) == 0;
      CONNECTIONS.add(
          ConnectionBuilder.tcp(id)
              .ends(
                  ipv6 ? Family.IPV6 : Family.IPV4,
                  Endpoint.of(address(random, ipv6), 1000),
                  Endpoint.of(address(random, ipv6), 2000))
              .build());
    }
  }

  /** Of few addresses, so that they often meet; some have a scope. */
  private static String address(Random random, boolean ipv6) {
    if (!ipv6) {
      return (random.nextInt(2) * 200) + "." + random.nextInt(3) + ".0." + random.nextInt(4);
    }
    return random.nextInt(3) == 0
        ? "fe80::" + random.nextInt(4) + "%" + (1 + random.nextInt(2))
        : "2001:db8:" + random.nextInt(3) + "::" + random.nextInt(4);
  }

  private static List<String> networks(Random random, int count) {
    List<String> networks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      boolean ipv6 = random.nextBoolean();
      String address = address(random, ipv6);
      boolean whole = random.nextBoolean() || address.indexOf('%') >= 0;
      networks.add(whole ? address : address + "/" + random.nextInt(ipv6 ? 129 : 33));
    }
    return networks;
  }

  private static List<Long> found(String filter) {
    Filter parsed = Filter.parse(filter);
    return CONNECTIONS.stream().filter(parsed).map(Connection::id).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"address", "localAddress", "remoteAddress"})
  void aListAndAlternativesFindTheSame(String key) {
    Random random = new Random(2);
    for (int round = 0; round < 50; round++) {
      List<String> networks = networks(random, 1 + random.nextInt(12));
      // Between others, the alternatives are not joined.
      String apart = " or pid = 9999999 or ";
      List<String> single = networks.stream().map(one -> key + " in " + one).toList();
      List<Long> expected = found(String.join(apart, single));

      assertThat(found(key + " in (" + String.join(", ", networks) + ")"))
          .as("%s", networks)
          .isEqualTo(expected);
      assertThat(found(String.join(" or ", single))).as("%s", networks).isEqualTo(expected);
    }
  }
}
