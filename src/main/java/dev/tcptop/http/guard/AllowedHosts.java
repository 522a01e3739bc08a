package dev.tcptop.http.guard;

import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The host names by which clients may call this service. DNS rebinding makes the name of a hostile
 * page stand for this machine's address; requests of that page carry the name, since a browser does
 * not let a page choose the header {@code Host}. Addresses are allowed: nobody can make them stand
 * for another machine.
 */
final class AllowedHosts {
  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final Pattern IPV6 = Pattern.compile("\\[[0-9a-f.]*:[0-9a-f:.]*(%[^]]*)?]");
  private static final Pattern PORT = Pattern.compile(":\\d*$");

  private final Set<String> names = new HashSet<>();

  /**
   * @param names allowed besides localhost, in any case
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
