package dev.tcptop.bench;

import com.sun.management.ThreadMXBean;
import dev.tcptop.collect.Collector.Depth;
import dev.tcptop.collect.Sample;
import dev.tcptop.collect.ebpf.EbpfCollector;
import dev.tcptop.collect.ebpf.EbpfCollector.Settings;
import dev.tcptop.names.Names;
import dev.tcptop.table.ConnectionTable;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.LongHashSet;

/**
 * The cost of a tick from the samples to the frame: the CPU time of the kernel side, the user side
 * and the garbage collector. The kernel's walk alone and {@code ss} are measured in turn in the
 * same run.
 */
final class Tick implements Part {
  private static final int[] SOCKETS = {1_000, 10_000, 108_000};
  private static final int[] ACTIVE = {0, 2, 100};

  /** Ticks before the measured ones, while the JVM compiles. */
  private static final int WARM_UP = 30;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final Map<String, Map<Integer, Double>> curves = new LinkedHashMap<>();

  @Override
  public String name() {
    return "tick";
  }

  @Override
  public void measure(Report report, int rounds) throws Exception {
    for (int sockets : SOCKETS) {
      double[] ticks = new double[ACTIVE.length];
      for (int i = 0; i < ACTIVE.length; i++) {
        ticks[i] = measure(report, sockets, ACTIVE[i], 2 * rounds);
      }
      if (sockets == 108_000) {
        report.add(
            name(),
            sockets + " sockets: 100 % active to 2 %",
            ticks[2] / ticks[1],
            "×",
            Target.atMost(6));
      }
    }
    Plot.write(Report.DIRECTORY.resolve("tick.png"), curves);
  }

  /** A collector that is measured, and what it reports. */
  private final class Watched implements AutoCloseable {
    private final EbpfCollector collector =
        new EbpfCollector(Settings.usual(Duration.ofSeconds(5)));
    private final ConnectionTable table = new ConnectionTable(collector.opened(), Names.NONE);
    private final LongHashSet seen = new LongHashSet();
    private final Long2LongHashMap received = new Long2LongHashMap(-1);
    private long repeated;

    /** The kernel's walk alone, whose records are not read. */
    void walk() {
      collector.sample(Depth.CHANGED, reading -> {});
    }

    void tick() {
      Sample sample = collector.sample(Depth.CHANGED, table::apply);
      table.tick(sample, false);
    }

    /** A tick that looks at each record. */
    void check() {
      seen.clear();
      Sample sample =
          collector.sample(
              Depth.CHANGED,
              reading -> {
                if (!reading.closed() && !seen.add(reading.id())) {
                  repeated++;
                }
                received.put(reading.id(), reading.bytesIn());
                table.apply(reading);
              });
      table.tick(sample, false);
    }

    /** The bytes that all connections received, by the last record of each. */
    long bytesIn() {
      long sum = 0;
      for (Long2LongHashMap.EntryIterator each = received.entrySet().iterator(); each.hasNext(); ) {
        each.next();
        sum += each.getLongValue();
      }
      return sum;
    }

    @Override
    public void close() {
      collector.close();
    }
  }

  /** Measures a tick and returns its CPU time in milliseconds. */
  private double measure(Report report, int sockets, int active, int ticks) throws Exception {
    String name = "%d sockets, %d %% active".formatted(sockets, active);
    List<Double> walk = new ArrayList<>();
    List<Double> tick = new ArrayList<>();
    List<Double> allocated = new ArrayList<>();
    try (Watched walked = new Watched();
        Watched ticked = new Watched()) {
      try (Load load = Load.hold(sockets, active, ticks + (active == 100 ? 35 : 60))) {
        for (int i = 0; i < WARM_UP; i++) {
          walked.walk();
          ticked.check();
          Thread.sleep(i < 3 ? 1000 : 50);
        }
        for (int i = 0; i < ticks; i++) {
          Thread.sleep(1000);
          long start = cpuNanos();
          walked.walk();
          long middle = cpuNanos();
          long bytes = threads.getCurrentThreadAllocatedBytes();
          ticked.tick();
          long end = cpuNanos();
          allocated.add((double) threads.getCurrentThreadAllocatedBytes() - bytes);
          walk.add((middle - start) / 1e6);
          tick.add((end - middle) / 1e6);
        }
        double median = Figures.median(tick);
        boolean aimedAt = sockets == 108_000 && active == 2;
        report.add(name(), name + ": CPU", median, "ms");
        report.add(
            name(),
            name + ": to the walk alone",
            median / Figures.median(walk),
            "×",
            aimedAt ? Target.atMost(1.5) : null);
        report.add(name(), name + ": allocated", Figures.median(allocated), "B");
        curve("tcptop, " + active + " % active", sockets, median);
        if (active == 2) {
          compare(report, sockets, "-tin", median, aimedAt ? Target.atLeast(8) : null);
          compare(report, sockets, "-tinp", median, aimedAt ? Target.atLeast(50) : null);
        }
        if (active == 100) {
          exact(report, name, load, ticked);
        }
      }
    }
    return Figures.median(tick);
  }

  /** CPU time of this thread, and of the serial garbage collector, which stops this thread. */
  private long cpuNanos() {
    long collecting = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      collecting += collector.getCollectionTime();
    }
    return threads.getCurrentThreadCpuTime() + collecting * 1_000_000;
  }

  /**
   * All bytes that the load sent must have been counted, and each connection once a tick. The load
   * ends with a pause without traffic.
   */
  private void exact(Report report, String name, Load load, Watched watched) throws Exception {
    for (int i = 0; i < 3; i++) {
      watched.check();
      Thread.sleep(1000);
    }
    Thread waiting = new Thread(() -> drain(watched), "drain");
    waiting.start();
    long sent = load.done();
    Thread.sleep(1500);
    waiting.interrupt();
    waiting.join();
    report.add(name(), name + ": records repeated", watched.repeated, "", Target.atMost(0));
    report.add(
        name(), name + ": bytes not counted", sent - watched.bytesIn(), "", Target.atMost(0));
  }

  private static void drain(Watched watched) {
    try {
      while (true) {
        watched.check();
        Thread.sleep(200);
      }
    } catch (InterruptedException e) {
      watched.check();
    }
  }

  private void compare(Report report, int sockets, String options, double tick, Target target)
      throws IOException, InterruptedException {
    List<Double> milliseconds = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      String[] times =
          Program.run(
                  "bash", "-c", "TIMEFORMAT='%U %S'; { time ss " + options + " >/dev/null; } 2>&1")
              .strip()
              .split(" ", -1);
      milliseconds.add(1e3 * (Double.parseDouble(times[0]) + Double.parseDouble(times[1])));
    }
    double median = Figures.median(milliseconds);
    report.add(name(), sockets + " sockets: ss " + options + ", CPU", median, "ms");
    report.add(
        name(), sockets + " sockets: ss " + options + " to a tick", median / tick, "×", target);
    curve("ss " + options, sockets, median);
  }

  private void curve(String name, int sockets, double milliseconds) {
    curves.computeIfAbsent(name, n -> new LinkedHashMap<>()).put(sockets, milliseconds);
  }
}
