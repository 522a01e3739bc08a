package dev.tcptop.query;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An IP address. In order those of IPv4 come first, then each by its number. A v4-mapped IPv6
 * address is one of IPv4, as connections show it.
 */
final class Address implements Comparable<Address> {
  private static final int MAPPED_BYTES = 12;
  private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";

  /** What the JDK reads itself; any other text it would look up as a name. */
  private static final Pattern LITERAL =
      Pattern.compile("(" + OCTET + "\\.){3}" + OCTET + "|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  private final String text;
  private final byte[] bytes;

  /** What follows {@code %}; empty: none. */
  private final String scope;

  private Address(String text, byte[] bytes, String scope) {
    this.text = text;
    this.bytes = bytes;
    this.scope = scope;
  }

  /** From {@code 10.0.0.1}, {@code 2001:db8::1} or {@code fe80::1%2}; null: it is no address. */
  static @Nullable Address parse(String text) {
    int percent = text.indexOf('%');
    String number = percent < 0 ? text : text.substring(0, percent);
    byte[] bytes = bytes(number);
    if (bytes == null || percent == text.length() - 1 || (percent >= 0 && bytes.length == 4)) {
      return null;
    }
    return new Address(text, bytes, percent < 0 ? "" : text.substring(percent + 1));
  }

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

  @Override
  public int compareTo(Address other) {
    int family = Integer.compare(bytes.length, other.bytes.length);
    int number = family != 0 ? family : Arrays.compareUnsigned(bytes, other.bytes);
    return number != 0 ? number : scope.compareTo(other.scope);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Address address && compareTo(address) == 0;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return text;
  }

  /**
   * All addresses that begin alike.
   *
   * @param bits how many bits are alike; all: one address
   */
  record Prefix(Address address, int bits) {

    /** From an address, or with its bits: {@code 10.0.0.0/8}; null: it is none. */
    static @Nullable Prefix parse(String text) {
      int slash = text.indexOf('/');
      String number = slash < 0 ? text : text.substring(0, slash);
      Address address = Address.parse(number);
      if (address == null) {
        return null;
      }
      int all = 8 * address.bytes.length;
      if (slash < 0) {
        return new Prefix(address, all);
      }
      String digits = text.substring(slash + 1);
      if (!digits.matches("[0-9]{1,3}")) {
        return null;
      }
      boolean mapped = address.bytes.length == 4 && number.indexOf(':') >= 0;
      int bits = Integer.parseInt(digits) - (mapped ? 8 * MAPPED_BYTES : 0);
      return bits < 0 || bits > all ? null : new Prefix(address, bits);
    }

    /** Whether the other one is among them. Without a scope here it may have any. */
    boolean contains(Address other) {
      byte[] mine = address.bytes;
      byte[] its = other.bytes;
      int whole = bits / 8;
      return mine.length == its.length
          && (address.scope.isEmpty() || address.scope.equals(other.scope))
          && Arrays.equals(mine, 0, whole, its, 0, whole)
          && (bits % 8 == 0 || ((mine[whole] ^ its[whole]) & 0xff) >>> (8 - bits % 8) == 0);
    }
  }
}
