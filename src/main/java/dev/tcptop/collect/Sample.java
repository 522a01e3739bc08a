package dev.tcptop.collect;

import dev.tcptop.model.Losses;

/**
 * The figures of one sample.
 *
 * @param monotonicNanos a clock that never jumps, when the sample was taken
 * @param epochNanos the wall clock at the same moment, since 1970
 * @param lost since the collector was opened
 * @param runNanos time spent in the kernel program since it was loaded; 0 where the kernel does not
 *     measure it
 * @param runs runs of the kernel program, likewise
 */
public record Sample(long monotonicNanos, long epochNanos, Losses lost, long runNanos, long runs) {}
