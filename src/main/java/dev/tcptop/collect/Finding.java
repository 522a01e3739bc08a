package dev.tcptop.collect;

import java.util.Optional;

/**
 * Whether the machine has something that tcptop needs.
 *
 * @param subject what was examined, such as {@code BTF}
 * @param verdict whether it is there
 * @param detail what was found, or what to do: a clause without a full stop
 */
public record Finding(String subject, Verdict verdict, String detail) {
  /**
   * A finding about something that tcptop cannot run without.
   *
   * @param missing what to do; empty: it is there
   * @param found the detail if it is there
   */
  public static Finding need(String subject, Optional<String> missing, String found) {
    return new Finding(
        subject, missing.isEmpty() ? Verdict.OK : Verdict.MISSING, missing.orElse(found));
  }

  /**
   * A finding about something without which tcptop observes less.
   *
   * @param missing what to do; empty: it is there
   * @param found the detail if it is there
   */
  public static Finding want(String subject, Optional<String> missing, String found) {
    return new Finding(
        subject, missing.isEmpty() ? Verdict.OK : Verdict.WITHOUT, missing.orElse(found));
  }

  /** What a finding means for tcptop. */
  public enum Verdict {
    /** It is there, or it is not needed. */
    OK,
    /** It is missing: tcptop runs without it and observes less. */
    WITHOUT,
    /** It is missing: tcptop does not run. */
    MISSING
  }
}
