package dev.tcptop.http.guard;

import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names by which this service may be called. A page from elsewhere that makes its own name
 * stand for this machine's address (DNS rebinding) comes with that name, since a browser does not
 * let it choose the header {@code Host}. An address is nobody's name.
 */
final class AllowedHosts {
  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final Pattern IPV6 = Pattern.compile("\\[[0-9a-f.]*:[0-9a-f:.]*(%[^]]*)?]");
  private static final Pattern PORT = Pattern.compile(":\\d*$");

  private final Set<String> names = new HashSet<>();

  /**
   * @param names besides localhost, in any case
   */
  AllowedHosts(Collection<String> names) {
    this.names.add("localhost");
    names.forEach(name -> this.names.add(name.toLowerCase(Locale.ROOT)));
  }

  /**
   * Whether the header is an address or one of the names.
   *
   * @param header the value of {@code Host}; null: there is none
   */
  boolean allow(@Nullable String header) {
    if (header == null) {
      return false;
    }
    String host = PORT.matcher(header.strip().toLowerCase(Locale.ROOT)).replaceFirst("");
    return names.contains(host) || IPV4.matcher(host).matches() || IPV6.matcher(host).matches();
  }
}
