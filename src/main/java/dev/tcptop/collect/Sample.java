package dev.tcptop.collect;

import dev.tcptop.model.Losses;

/**
 * The figures of one sample.
 *
 * @param monotonicNanos when the sample was taken, on a clock that never jumps
 * @param epochNanos the same moment on the wall clock, since 1970
 * @param lost what could not be observed since the collector was opened
 * @param runNanos the time spent in the kernel program since it was loaded; 0 where the kernel does
 *     not measure it
 * @param runs the number of runs of the kernel program since then; 0 likewise
 */
public record Sample(long monotonicNanos, long epochNanos, Losses lost, long runNanos, long runs) {}
