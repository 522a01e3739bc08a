package dev.tcptop.bench;

import java.io.IOException;

/** Traffic of {@code src/bench/c/load.c} that has begun. */
final class Load implements AutoCloseable {
  private static final String PROGRAM = "src/bench/c/.output/load";

  private final Program program;

  private Load(Program program) {
    this.program = program;
  }

  private static Load start(String... arguments) throws IOException {
    String[] command = new String[arguments.length + 1];
    command[0] = PROGRAM;
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    Program program = Program.start(command);
    program.await("ready");
    return new Load(program);
  }

  /**
   * Holds connections on this machine, with two sockets each.
   *
   * @param activePercent the share of them that carries a byte each second
   */
  static Load hold(int sockets, int activePercent, int seconds) throws IOException {
    int connections = sockets / 2;
    int active = connections * activePercent / 100;
    return start("hold", "" + connections, "" + active, "" + seconds);
  }

  /** Opens and closes connections at this rate. */
  static Load churn(int connectionsPerSecond, int seconds) throws IOException {
    return start("churn", "" + connectionsPerSecond, "" + seconds);
  }

  /** Sends datagrams of this size, as fast as possible. */
  static Load udp(int bytes, int seconds) throws IOException {
    return start("udp", "" + bytes, "" + seconds);
  }

  /** Waits for the end and returns the number of connections, bytes or datagrams. */
  long done() throws IOException, InterruptedException {
    return Long.parseLong(program.rest().replaceAll("\\D", ""));
  }

  @Override
  public void close() throws IOException {
    program.close();
  }
}
