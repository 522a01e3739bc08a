package dev.tcptop;

import java.time.Duration;

/** How long a test waits for what must come. */
public final class Patience {
  /** Longer on a slow machine: the system property {@code tcptop.test.patience}, in seconds. */
  public static final Duration LIMIT = Duration.ofSeconds(Long.getLong("tcptop.test.patience", 30));

  /** How long it waits between two looks: where all is slow, looking must not take the time. */
  public static final Duration PAUSE = LIMIT.dividedBy(3000);

  private Patience() {}
}
