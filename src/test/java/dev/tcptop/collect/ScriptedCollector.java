package dev.tcptop.collect;

import dev.tcptop.collect.Observation.Accepts;
import dev.tcptop.model.Losses;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A collector that reports the readings that a test gives it. It replaces the platform's. */
@Alternative
@Priority(1)
@Singleton
public class ScriptedCollector implements Collector {
  private final List<Reading> next = new ArrayList<>();
  private Losses lost = Losses.NONE;

  /** Makes the next tick report a reading. */
  public synchronized void report(Reading reading) {
    next.add(reading);
  }

  /** Sets the losses since the start that the next samples report. */
  public synchronized void lose(Losses sinceStart) {
    lost = sinceStart;
  }

  @Override
  public Observation observation() {
    return new Observation(
        "6.1.0-test", null, "a test observes nothing", Accepts.CLOSE_OR_FILE_DESCRIPTOR);
  }

  @Override
  public Sample opened() {
    return new Sample(System.nanoTime(), System.currentTimeMillis() * 1_000_000, Losses.NONE, 0, 0);
  }

  @Override
  public synchronized Sample sample(Depth depth, Consumer<Reading> sink) {
    if (depth == Depth.CHANGED) {
      next.forEach(sink);
      next.clear();
    }
    return new Sample(System.nanoTime(), System.currentTimeMillis() * 1_000_000, lost, 0, 0);
  }

  @Override
  public void close() {}
}
