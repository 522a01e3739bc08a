package dev.tcptop;

import java.time.Duration;

/** How long a test waits for an event that has to come. */
public final class Patience {
  /** Slow machines raise it by the system property {@code tcptop.test.patience}, in seconds. */
  public static final Duration LIMIT = Duration.ofSeconds(Long.getLong("tcptop.test.patience", 30));

  /** The pause between two looks: on a slow machine, the looks must not take up the time. */
  public static final Duration PAUSE = LIMIT.dividedBy(3000);

  private Patience() {}
}
