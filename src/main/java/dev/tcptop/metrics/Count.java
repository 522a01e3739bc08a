package dev.tcptop.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/**
 * A counter that never falls. Where its sum falls, as the kernel's does when a retransmission
 * fails, the counter stays as it is until the sum has passed it again. One thread adds, any thread
 * reads.
 */
final class Count {
  private long sum;
  private volatile long highest;

  private Count() {}

  /** Registers a counter at zero. The caller has to keep it: the registry refers to it weakly. */
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
