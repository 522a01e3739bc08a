package dev.tcptop.model;

/**
 * One end of a connection.
 *
 * @param address text form without brackets: {@code 192.168.1.1}, {@code 2001:db8::1}, {@code
 *     fe80::1%2} with the interface's index as scope
 * @param port 0 to 65535
 */
public record Endpoint(String address, int port) {

  /** {@code 192.168.1.1:443} or {@code [2001:db8::1]:443}. */
  @Override
  public String toString() {
    return address.indexOf(':') < 0 ? address + ":" + port : "[" + address + "]:" + port;
  }
}
