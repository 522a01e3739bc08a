package dev.tcptop.model;

/**
 * How a connection's owner was learnt. The order is that of the kernel side's {@code pid_source}.
 */
public enum PidSource {
  NONE,
  /** Whoever listens; the one who accepted is not known yet. */
  LISTENER,
  /** A process that holds a descriptor of the socket. */
  FD,
  CLOSE,
  SEND,
  ACCEPT,
  CONNECT
}
