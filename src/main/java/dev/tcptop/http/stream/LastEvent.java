package dev.tcptop.http.stream;

import org.jspecify.annotations.Nullable;

/**
 * The last event that a client has seen, as the client says when it subscribes.
 *
 * @param any false: the client is new
 * @param sequence its sequence number; -1: it is no event of this run
 */
record LastEvent(boolean any, long sequence) {
  static final LastEvent NONE = new LastEvent(false, -1);
  static final LastEvent UNKNOWN = new LastEvent(true, -1);

  /**
   * Reads the header {@code Last-Event-ID}.
   *
   * @param id {@code <run>-<sequence>}; null: there was no header
   * @param run the beginning of this run's event ids
   */
  static LastEvent of(@Nullable String id, String run) {
    if (id == null || id.isEmpty()) {
      return NONE;
    }
    String digits = id.startsWith(run + "-") ? id.substring(run.length() + 1) : "";
    return digits.matches("\\d{1,18}") ? after(Long.parseLong(digits)) : UNKNOWN;
  }

  static LastEvent after(long sequence) {
    return new LastEvent(true, sequence);
  }
}
