package dev.tcptop.model;

/** Transport protocol. */
public enum Protocol {
  TCP,
  UDP
}
