package dev.tcptop.table;

import dev.tcptop.collect.Sample;
import java.time.Instant;

/**
 * The time of one tick. Rates come from the monotonic clock, so a wall clock that jumps does them
 * no harm; the wall clock only names the moment.
 */
final class TickClock {
  private static final long SECOND = 1_000_000_000L;

  /**
   * The shortest interval. A shorter tick, the first, would turn single packets into absurd rates.
   */
  private static final long MIN_ELAPSED_NANOS = 100_000_000L;

  private final long elapsedNanos;
  private final long wallMinusMonotonic;
  private final long nowNanos;

  private TickClock(Sample sample, long elapsedNanos) {
    this.elapsedNanos = Math.max(elapsedNanos, MIN_ELAPSED_NANOS);
    wallMinusMonotonic = sample.epochNanos() - sample.monotonicNanos();
    nowNanos = sample.monotonicNanos();
  }

  /** The time before the first tick. */
  static TickClock start(Sample sample) {
    return new TickClock(sample, 0);
  }

  /** The time of the tick after this one. */
  TickClock next(Sample sample) {
    return new TickClock(sample, sample.monotonicNanos() - nowNanos);
  }

  Instant now() {
    return instant(nowNanos);
  }

  /** A moment of the monotonic clock. */
  Instant instant(long monotonicNanos) {
    long nanos = wallMinusMonotonic + monotonicNanos;
    return Instant.ofEpochSecond(Math.floorDiv(nanos, SECOND), Math.floorMod(nanos, SECOND));
  }

  long perSecond(long count) {
    return Math.round((double) count * SECOND / elapsedNanos);
  }
}
