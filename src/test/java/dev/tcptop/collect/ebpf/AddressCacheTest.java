package dev.tcptop.collect.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.model.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AddressCacheTest {
  private static final long LINK_LOCAL = 0xfe80L << 48;

  private final AddressCache cache = new AddressCache();

  @Test
  void addressesThatTakeTurnsAreShared() {
    List<Address> first = read();

    List<Address> again = read();

    assertThat(again).isEqualTo(first);
    for (int i = 0; i < first.size(); i++) {
      assertThat(again.get(i)).isSameAs(first.get(i));
    }
  }

  /** Eight addresses such as those of a server's clients, of IPv4 and IPv6, one with a scope. */
  private List<Address> read() {
    List<Address> read = new ArrayList<>();
    for (int host = 1; host <= 5; host++) {
      read.add(cache.ipv4(0x0a000000 + host));
    }
    read.add(cache.ipv6(0x20010db8_00000000L, 1, 0));
    read.add(cache.ipv6(LINK_LOCAL, 7, 3));
    read.add(cache.ipv6(0, 1, 0));
    return read;
  }

  @Test
  void anAddressInAnotherScopeIsAnother() {
    assertThat(cache.ipv6(LINK_LOCAL, 5, 2)).hasToString("fe80::5%2");
    assertThat(cache.ipv6(LINK_LOCAL, 5, 3)).hasToString("fe80::5%3");
    assertThat(cache.ipv6(LINK_LOCAL, 5, 0)).hasToString("fe80::5");
  }

  @Test
  void moreAddressesThanItHoldsAreStillRight() {
    Random random = new Random(1);
    for (int i = 0; i < 100_000; i++) {
      int bits = random.nextInt(50_000);
      long high = random.nextInt(3);
      long low = random.nextInt(50_000);

      assertThat(cache.ipv4(bits).isIpv4(bits)).isTrue();
      assertThat(cache.ipv6(high, low, 0)).isEqualTo(Address.ofIpv6(high, low, 0));
    }
  }
}
