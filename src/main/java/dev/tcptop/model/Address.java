package dev.tcptop.model;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An IP address. In order, addresses of IPv4 come before those of IPv6, and each family is ordered
 * by its number. A v4-mapped IPv6 address is an address of IPv4. Immutable and thread-safe.
 */
public final class Address implements Comparable<Address> {
  private static final int IPV4_BYTES = 4;
  private static final int IPV6_BYTES = 16;
  private static final long MAPPED = 0xffffL;
  private static final long LOW_32 = 0xffff_ffffL;
  private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";

  /** The literals that the JDK reads itself; it would look any other text up as a name. */
  private static final Pattern LITERAL =
      Pattern.compile("(" + OCTET + "\\.){3}" + OCTET + "|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  private final Family family;

  /** The first 64 bits of an IPv6 address; 0: IPv4. */
  private final long high;

  /** The last 64 bits, or the 32 bits of an IPv4 address. */
  private final long low;

  /** The zone that follows {@code %}; empty: none. */
  private final String scope;

  /** Made when it is first asked for. The race is harmless: each thread makes an equal text. */
  private @Nullable String text;

  private Address(Family family, long high, long low, String scope) {
    this.family = family;
    this.high = high;
    this.low = low;
    this.scope = scope;
  }

  /**
   * The IPv4 address of this number.
   *
   * @param bits in the number's order: 10.0.0.1 is {@code 0x0a000001}
   */
  public static Address ofIpv4(int bits) {
    return new Address(Family.IPV4, 0, bits & LOW_32, "");
  }

  /**
   * The IPv6 address of these halves, or the IPv4 address that they map.
   *
   * @param high the first eight bytes, the first one highest
   * @param low the last eight bytes
   * @param scope the interface's index; it is kept for a link-local address alone, 0 is none
   */
  public static Address ofIpv6(long high, long low, long scope) {
    if (high == 0 && low >>> 32 == MAPPED) {
      return ofIpv4((int) low);
    }
    return new Address(Family.IPV6, high, low, scope(high, scope));
  }

  /** Whether this is the address that {@link #ofIpv6} would return, without making another. */
  public boolean isIpv6(long high, long low, long scope) {
    return family == Family.IPV6
        && this.high == high
        && this.low == low
        && (scope == 0 ? this.scope.isEmpty() : this.scope.equals(scope(high, scope)));
  }

  /** Whether this is the address that {@link #ofIpv4} would return, without making another. */
  public boolean isIpv4(int bits) {
    return family == Family.IPV4 && low == (bits & LOW_32);
  }

  private static String scope(long high, long index) {
    boolean linkLocal = high >>> 54 == 0xfe80 >>> 6; // fe80::/10
    return linkLocal && index != 0 ? Long.toString(index) : "";
  }

  /**
   * Reads {@code 10.0.0.1}, {@code 2001:db8::1} or {@code fe80::1%2}. Null: the text is no address.
   */
  public static @Nullable Address parse(String text) {
    int percent = text.indexOf('%');
    byte[] bytes = bytes(percent < 0 ? text : text.substring(0, percent));
    if (bytes == null
        || percent == text.length() - 1
        || (percent >= 0 && bytes.length == IPV4_BYTES)) {
      return null;
    }
    ByteBuffer number = ByteBuffer.wrap(bytes);
    return bytes.length == IPV4_BYTES
        ? ofIpv4(number.getInt())
        : new Address(
            Family.IPV6,
            number.getLong(),
            number.getLong(),
            percent < 0 ? "" : text.substring(percent + 1));
  }

  /** A v4-mapped address comes as the four bytes that it maps. */
  private static byte @Nullable [] bytes(String number) {
    if (!LITERAL.matcher(number).matches()) {
      return null;
    }
    try {
      return InetAddress.getByName(number).getAddress();
    } catch (UnknownHostException e) {
      return null;
    }
  }

  public Family family() {
    return family;
  }

  /** The first 64 bits of an IPv6 address, the first one highest; 0: IPv4. */
  public long high() {
    return high;
  }

  /** The last 64 bits of an IPv6 address, or the 32 bits of an IPv4 address. */
  public long low() {
    return low;
  }

  /** The zone of a link-local address: an interface's index. Empty: none. */
  public String scope() {
    return scope;
  }

  @Override
  public int compareTo(Address other) {
    int compared = family.compareTo(other.family);
    if (compared == 0) {
      compared = Long.compareUnsigned(high, other.high);
    }
    if (compared == 0) {
      compared = Long.compareUnsigned(low, other.low);
    }
    return compared == 0 ? scope.compareTo(other.scope) : compared;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Address address && compareTo(address) == 0;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(31 * high + low);
  }

  /** The text form without brackets, as RFC 5952 recommends it: {@code fe80::1%2}. */
  @Override
  public String toString() {
    String made = text;
    if (made == null) {
      made = scope.isEmpty() ? number() : number() + "%" + scope;
      text = made;
    }
    return made;
  }

  private String number() {
    ByteBuffer bytes = ByteBuffer.allocate(family == Family.IPV4 ? IPV4_BYTES : IPV6_BYTES);
    if (family == Family.IPV4) {
      bytes.putInt((int) low);
    } else {
      bytes.putLong(high).putLong(low);
    }
    return NetUtil.bytesToIpAddress(bytes.array());
  }
}
