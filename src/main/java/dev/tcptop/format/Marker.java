package dev.tcptop.format;

import dev.tcptop.model.Connection;
import dev.tcptop.model.Phase;

/** What a line says about its connection before all else. */
public enum Marker {
  NONE(""),
  NEW("[NEW]"),
  PARTIAL("[PARTIAL]"),
  CLOSED("[CLOSED]"),
  NEW_CLOSED("[NEW] [CLOSED]"),
  PARTIAL_CLOSED("[PARTIAL] [CLOSED]");

  private final String text;

  Marker(String text) {
    this.text = text;
  }

  /** The marker of a connection that did not begin and end within one interval. */
  public static Marker of(Connection connection) {
    if (connection.phase() == Phase.CLOSED) {
      return connection.partial() ? PARTIAL_CLOSED : CLOSED;
    }
    if (connection.partial()) {
      return PARTIAL;
    }
    return connection.phase() == Phase.NEW ? NEW : NONE;
  }

  @Override
  public String toString() {
    return text;
  }
}
