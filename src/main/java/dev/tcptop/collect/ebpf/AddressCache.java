package dev.tcptop.collect.ebpf;

import dev.tcptop.model.Address;
import org.jspecify.annotations.Nullable;

/**
 * Addresses that were read recently. Connections with the same address share one object, so that
 * the text of the address is made once. Each hash has one place, and a later address displaces an
 * earlier one from it. Not thread-safe.
 */
final class AddressCache {
  private static final int PLACE_BITS = 10;

  private final @Nullable Address[] places = new @Nullable Address[1 << PLACE_BITS];

  /** The address that {@link Address#ofIpv4} makes. */
  Address ipv4(int bits) {
    int place = place(bits);
    Address address = places[place];
    if (address == null || !address.isIpv4(bits)) {
      address = Address.ofIpv4(bits);
      places[place] = address;
    }
    return address;
  }

  /** The address that {@link Address#ofIpv6} makes. */
  Address ipv6(long high, long low, long scope) {
    int place = place(31 * high + low);
    Address address = places[place];
    if (address == null || !address.isIpv6(high, low, scope)) {
      address = Address.ofIpv6(high, low, scope);
      places[place] = address;
    }
    return address;
  }

  /** Multiplicative hashing (Knuth), which spreads neighbouring addresses over the places. */
  private static int place(long bits) {
    return (int) ((bits * 0x9e37_79b9_7f4a_7c15L) >>> (Long.SIZE - PLACE_BITS));
  }
}
