package dev.tcptop.metrics;

import dev.tcptop.model.Losses;
import dev.tcptop.publish.ConnectionFeed;
import dev.tcptop.publish.Progress;
import dev.tcptop.self.OwnCost;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** Metrics of tcptop itself: its losses, its subscribers and its cost. */
final class CostMeter {
  private final MeterRegistry registry;
  private final ConnectionFeed feed;
  private final Timer tick;

  CostMeter(MeterRegistry registry, ConnectionFeed feed, OwnCost own) {
    this.registry = registry;
    this.feed = feed;
    tick =
        Timer.builder("tcptop.tick")
            .description("Time that each tick takes, from the sample to the frame")
            .register(registry);
    lost("closes", Losses::closes);
    lost("sockets", Losses::sockets);
    lost("flows", Losses::flows);
    lost("datagrams", Losses::datagrams);
    lost("events", Losses::events);
    Gauge.builder("tcptop.subscribers", feed, ConnectionFeed::listeners)
        .description("Streams that are open, stdout among them")
        .register(registry);
    counter(
        "tcptop.bpf.run",
        "seconds",
        "Time in the kernel program; 0 while kernel.bpf_stats_enabled is 0",
        progress -> progress.sample().runNanos() / 1e9);
    counter(
        "tcptop.bpf.runs",
        "",
        "Runs of the kernel program; 0 while kernel.bpf_stats_enabled is 0",
        progress -> progress.sample().runs());
    FunctionCounter.builder("process.cpu", own, OwnCost::cpuSeconds)
        .description("CPU time of tcptop, kernel and user")
        .baseUnit("seconds")
        .register(registry);
    bytes("process.resident.memory", "Resident memory of tcptop", own, OwnCost::residentBytes);
    bytes("tcptop.heap.used", "Of that, in use by Java objects", own, OwnCost::heapBytes);
  }

  private void bytes(
      String name, String description, OwnCost own, ToDoubleFunction<OwnCost> bytes) {
    Gauge.builder(name, own, bytes).description(description).baseUnit("bytes").register(registry);
  }

  private void lost(String cause, ToLongFunction<Losses> count) {
    FunctionCounter.builder(
            "tcptop.lost",
            feed,
            source -> source.progress().map(p -> count.applyAsLong(p.sample().lost())).orElse(0L))
        .description("What could not be observed, by cause, as in /api/v1/status")
        .tags("cause", cause)
        .register(registry);
  }

  private void counter(
      String name, String unit, String description, ToDoubleFunction<Progress> value) {
    FunctionCounter.builder(
            name, feed, source -> source.progress().map(value::applyAsDouble).orElse(0.0))
        .description(description)
        .baseUnit(unit.isEmpty() ? null : unit)
        .register(registry);
  }

  /** Takes in the duration of the tick that made the last frame. */
  void next() {
    feed.progress().ifPresent(progress -> tick.record(progress.tickNanos(), TimeUnit.NANOSECONDS));
  }
}
