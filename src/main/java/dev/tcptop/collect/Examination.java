package dev.tcptop.collect;

import java.util.function.Consumer;

/** Finds out what the machine lacks for a collector to run. */
@FunctionalInterface
public interface Examination {
  /**
   * Examines the machine, and reports each finding to {@code sink} as it is made, on the calling
   * thread.
   */
  void examine(Consumer<Finding> sink);
}
