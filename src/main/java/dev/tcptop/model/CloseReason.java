package dev.tcptop.model;

/** Why a TCP connection ended. */
public enum CloseReason {
  NORMAL,
  RESET,
  REFUSED,
  TIMEOUT,
  UNREACHABLE,
  /** Taken down without a packet, to go on elsewhere (TCP_REPAIR); its peer stays. */
  CHECKPOINT;

  // asm-generic/errno.h, the same on every architecture that tcptop runs on
  private static final int EREMCHG = 78;
  private static final int ENETDOWN = 100;
  private static final int ENETUNREACH = 101;
  private static final int ETIMEDOUT = 110;
  private static final int ECONNREFUSED = 111;
  private static final int EHOSTDOWN = 112;
  private static final int EHOSTUNREACH = 113;

  /**
   * From the socket's error and the state that it closed from. Without an error, a connection that
   * went from an open state straight to CLOSE was aborted: unread data, SO_LINGER 0, or a listener
   * that closed before it accepted.
   *
   * @param errno the socket's {@code sk_err} at the close; 0 is none
   */
  public static CloseReason of(int errno, TcpState last) {
    return switch (errno) {
      case 0 ->
          switch (last) {
            case ESTABLISHED, SYN_RECV, CLOSE_WAIT -> RESET;
            default -> NORMAL;
          };
      case EREMCHG -> CHECKPOINT;
      case ECONNREFUSED -> REFUSED;
      case ETIMEDOUT -> TIMEOUT;
      case ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH -> UNREACHABLE;
      default -> RESET;
    };
  }
}
