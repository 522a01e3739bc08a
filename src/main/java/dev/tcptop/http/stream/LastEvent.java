package dev.tcptop.http.stream;

import org.jspecify.annotations.Nullable;

/**
 * The last event that a client has seen, as it says itself when it comes.
 *
 * @param any false: it is new here
 * @param sequence -1: it names no event of this run
 */
record LastEvent(boolean any, long sequence) {
  static final LastEvent NONE = new LastEvent(false, -1);
  static final LastEvent UNKNOWN = new LastEvent(true, -1);

  /**
   * What the header says.
   *
   * @param id {@code <run>-<sequence>}; null: there was no header
   * @param run of this program
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
