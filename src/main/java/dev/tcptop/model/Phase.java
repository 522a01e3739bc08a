package dev.tcptop.model;

/** Where a connection stands in what tcptop shows of it. */
public enum Phase {
  /** Began within the last interval. */
  NEW,
  OPEN,
  /** Ended; shown for one more interval. */
  CLOSED
}
