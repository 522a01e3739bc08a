package dev.tcptop.publish;

import dev.tcptop.collect.Sample;

/**
 * The last tick.
 *
 * @param nanoTime its end, as {@link System#nanoTime}
 * @param tickNanos its duration, from the sample to the frame, without its listeners
 * @param sample its figures
 * @param total connections that the table holds
 */
public record Progress(long nanoTime, long tickNanos, Sample sample, int total) {}
