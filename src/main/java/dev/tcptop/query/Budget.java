package dev.tcptop.query;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * The processor time that an evaluation may take: on a busy machine the same query takes longer,
 * and is answered all the same. Whoever evaluates counts each step, which is a connection that is
 * tested or a comparison of two; every few steps the budget looks at the clock and at whether
 * anybody still waits for the result. Used by one thread.
 */
public final class Budget {
  /**
   * The steps from one look to the next, a power of two. A step with a heavy expression takes a
   * millisecond.
   */
  private static final int STEPS_A_LOOK = 64;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Duration time;
  private final BooleanSupplier cancelled;
  private final long end;
  private int steps;

  /**
   * A budget of this thread that begins now.
   *
   * @param time for the whole evaluation
   * @param cancelled whether nobody waits for the result any more
   */
  public Budget(Duration time, BooleanSupplier cancelled) {
    this.time = time;
    this.cancelled = cancelled;
    end = processorNanos() + time.toNanos();
  }

  /** A budget without an end. */
  public static Budget unlimited() {
    return new Budget(Duration.ofDays(365), () -> false);
  }

  /** The processor time of this thread, in nanoseconds. */
  public static long processorNanos() {
    return THREADS.getCurrentThreadCpuTime();
  }

  /**
   * Counts a step.
   *
   * @throws BudgetExceededException if the time is over
   * @throws CancellationException if nobody waits any more
   */
  public void step() {
    if ((++steps & (STEPS_A_LOOK - 1)) == 0) {
      look();
    }
  }

  private void look() {
    if (cancelled.getAsBoolean()) {
      throw new CancellationException("nobody waits for the result");
    }
    if (processorNanos() - end > 0) {
      throw new BudgetExceededException(time);
    }
  }
}
