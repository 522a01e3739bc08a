package dev.tcptop.model;

/**
 * One end of a connection.
 *
 * @param port 0 to 65535
 */
public record Endpoint(Address address, int port) {

  /**
   * The end of this address and port.
   *
   * @param address in the form that {@link Address#parse} reads
   * @throws IllegalArgumentException if the text is no address
   */
  public static Endpoint of(String address, int port) {
    Address parsed = Address.parse(address);
    if (parsed == null) {
      throw new IllegalArgumentException("'" + address + "' is no IP address");
    }
    return new Endpoint(parsed, port);
  }

  /** {@code 192.168.1.1:443} or {@code [2001:db8::1]:443}. */
  @Override
  public String toString() {
    return address.family() == Family.IPV4 ? address + ":" + port : "[" + address + "]:" + port;
  }
}
