package dev.tcptop.query;

import java.time.Duration;

/** An evaluation took more time than it may. The message says what takes less. */
public final class BudgetExceededException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * @param time that the evaluation had
   */
  public BudgetExceededException(Duration time) {
    super(
        "filter and sort took more than their "
            + time.toSeconds()
            + " s of processor time; a simpler filter or fewer sort keys take less",
        null,
        false,
        false); // an expected end, whose stack trace nobody reads
  }
}
