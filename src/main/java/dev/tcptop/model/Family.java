package dev.tcptop.model;

/** Address family as shown: a v4-mapped IPv6 address is {@link #IPV4}. */
public enum Family {
  IPV4,
  IPV6
}
