package dev.tcptop.model;

/** A TCP socket's state, with the kernel's names and numbers ({@code include/net/tcp_states.h}). */
public enum TcpState {
  ESTABLISHED(1),
  SYN_SENT(2),
  SYN_RECV(3),
  FIN_WAIT1(4),
  FIN_WAIT2(5),
  TIME_WAIT(6),
  CLOSE(7),
  CLOSE_WAIT(8),
  LAST_ACK(9),
  LISTEN(10),
  CLOSING(11);

  private static final TcpState[] BY_NUMBER = values();

  private final int number;

  TcpState(int number) {
    this.number = number;
  }

  /** The kernel's number. */
  public int number() {
    return number;
  }

  /**
   * The state that the kernel numbers so.
   *
   * @throws IllegalArgumentException if it is none of 1 to 11
   */
  public static TcpState of(int number) {
    if (number < 1 || number > BY_NUMBER.length) {
      throw new IllegalArgumentException("no TCP state has the number " + number);
    }
    return BY_NUMBER[number - 1];
  }
}
