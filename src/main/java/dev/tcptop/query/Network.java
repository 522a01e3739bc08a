package dev.tcptop.query;

import dev.tcptop.model.Address;
import dev.tcptop.model.Family;
import org.jspecify.annotations.Nullable;

/**
 * The addresses that begin with the same bits, as {@code 10.0.0.0/8}; with all bits it is one
 * address. An address here without a scope stands for that address in any scope.
 */
final class Network implements Comparable<Network> {
  private static final int IPV4_BITS = 32;
  private static final int IPV6_BITS = 128;

  /** Bits before the IPv4 address within a v4-mapped one. */
  private static final int MAPPED_BITS = IPV6_BITS - IPV4_BITS;

  private final Family family;
  private final long high;
  private final long low;
  private final String scope;
  private final long highMask;
  private final long lowMask;

  private Network(Address address, int bits) {
    family = address.family();
    scope = address.scope();
    // An IPv4 address stands in the last 32 of the 128 bits.
    int all = address.family() == Family.IPV4 ? bits + MAPPED_BITS : bits;
    highMask = mask(all);
    lowMask = mask(all - Long.SIZE);
    high = address.high() & highMask;
    low = address.low() & lowMask;
  }

  /** The first of 64 bits; fewer than none is none, more than all is all. */
  private static long mask(int bits) {
    return bits <= 0 ? 0 : bits >= Long.SIZE ? -1 : -1L << (Long.SIZE - bits);
  }

  /** Reads an address, or one with its bits: {@code 10.0.0.0/8}. Null: the text is neither. */
  static @Nullable Network parse(String text) {
    int slash = text.indexOf('/');
    String number = slash < 0 ? text : text.substring(0, slash);
    Address address = Address.parse(number);
    if (address == null) {
      return null;
    }
    int all = address.family() == Family.IPV4 ? IPV4_BITS : IPV6_BITS;
    if (slash < 0) {
      return new Network(address, all);
    }
    String digits = text.substring(slash + 1);
    if (!digits.matches("[0-9]{1,3}")) {
      return null;
    }
    boolean mapped = all == IPV4_BITS && number.indexOf(':') >= 0;
    int bits = Integer.parseInt(digits) - (mapped ? MAPPED_BITS : 0);
    return bits < 0 || bits > all ? null : new Network(address, bits);
  }

  /** Whether the address is in this network. */
  boolean contains(Address other) {
    return (other.low() & lowMask) == low
        && (other.high() & highMask) == high
        && other.family() == family
        && (scope.isEmpty() || scope.equals(other.scope()));
  }

  /** Whether a scope does not matter. */
  boolean hasAnyScope() {
    return scope.isEmpty();
  }

  /** Whether all addresses of the other network are in this one, and any scope is. */
  boolean contains(Network other) {
    return family == other.family
        && (other.low & lowMask) == low
        && (other.high & highMask) == high
        && Long.compareUnsigned(highMask, other.highMask) <= 0
        && Long.compareUnsigned(lowMask, other.lowMask) <= 0;
  }

  /** Whether its first address comes after this one. */
  boolean beginsAfter(Address address) {
    return compare(family, high, low, address.family(), address.high(), address.low()) > 0;
  }

  /** In the order of the first addresses; of networks with the same one the widest is first. */
  @Override
  public int compareTo(Network other) {
    int order = compare(family, high, low, other.family, other.high, other.low);
    order = order == 0 ? Long.compareUnsigned(highMask, other.highMask) : order;
    return order == 0 ? Long.compareUnsigned(lowMask, other.lowMask) : order;
  }

  private static int compare(
      Family family, long high, long low, Family otherFamily, long otherHigh, long otherLow) {
    int order = family.compareTo(otherFamily);
    order = order == 0 ? Long.compareUnsigned(high, otherHigh) : order;
    return order == 0 ? Long.compareUnsigned(low, otherLow) : order;
  }
}
