package dev.tcptop.config;

/**
 * An address to listen on.
 *
 * @param host a name or an address, without brackets
 * @param port 0 to 65535; 0: the system picks a free port
 */
public record Listen(String host, int port) {
  /**
   * Reads {@code HOST:PORT}; an IPv6 address has brackets.
   *
   * @throws BadValueException if the text has another form
   */
  public static Listen parse(String text) {
    String stripped = text.strip();
    int colon = stripped.lastIndexOf(':');
    if (colon > 0) {
      String host = stripped.substring(0, colon);
      boolean bracketed = host.startsWith("[") && host.endsWith("]");
      if (bracketed) {
        host = host.substring(1, host.length() - 1);
      }
      String port = stripped.substring(colon + 1);
      if (port.matches("0*\\d{1,5}")
          && Integer.parseInt(port) <= 65535
          && !host.isEmpty()
          && bracketed == host.contains(":")) {
        return new Listen(host, Integer.parseInt(port));
      }
    }
    throw new BadValueException("HOST:PORT, such as 127.0.0.1:7070 or [::1]:7070", text);
  }

  /** Whether only this machine can reach the address. */
  public boolean isLoopback() {
    return host.equals("localhost")
        || host.equals("::1")
        || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
  }

  @Override
  public String toString() {
    return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
  }
}
