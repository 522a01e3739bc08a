package dev.tcptop.model;

/**
 * Which end began a TCP connection. {@link #UNKNOWN} for UDP and for what tcptop did not see begin.
 */
public enum Direction {
  UNKNOWN,
  OUTBOUND,
  INBOUND
}
