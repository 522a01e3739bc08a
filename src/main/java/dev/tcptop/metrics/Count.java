package dev.tcptop.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/**
 * A counter that is never seen to fall. What is taken off it, as the kernel does where a
 * retransmission fails, has to be made good before it rises again. One thread adds, any reads.
 */
final class Count {
  private long sum;
  private volatile long highest;

  private Count() {}

  /** A counter of the registry, at zero. The registry alone does not keep it. */
  static Count in(MeterRegistry registry, String name, String description, Tags tags) {
    Count count = new Count();
    FunctionCounter.builder(name, count, Count::value)
        .description(description)
        .tags(tags)
        .register(registry);
    return count;
  }

  void add(long change) {
    sum += change;
    if (sum > highest) {
      highest = sum;
    }
  }

  private long value() {
    return highest;
  }
}
