package dev.tcptop.collect.ebpf;

import dev.tcptop.collect.Collector.Depth;
import dev.tcptop.collect.Sample;
import dev.tcptop.collect.ebpf.EbpfCollector.Settings;
import dev.tcptop.table.ConnectionTable;
import dev.tcptop.table.Frame;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;

/**
 * What a tick costs on this machine as it is: CPU time of the kernel's walk alone (a sample whose
 * records nobody reads, in the native call) and of the whole tick, one after the other in one run.
 * Arguments: ticks, milliseconds between them. Not a test: run it beside a load.
 */
final class TickBench {
  private TickBench() {}

  public static void main(String[] args) throws InterruptedException {
    int ticks = Integer.parseInt(args[0]);
    long pause = Long.parseLong(args[1]);
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (EbpfCollector walked = new EbpfCollector(Settings.usual(Duration.ofSeconds(5)));
        EbpfCollector ticked = new EbpfCollector(Settings.usual(Duration.ofSeconds(5)))) {
      ConnectionTable table = new ConnectionTable(ticked.opened());
      walked.sample(Depth.CHANGED, reading -> {});
      table.tick(ticked.sample(Depth.CHANGED, table::apply), false);
      double[] walk = new double[ticks];
      double[] tick = new double[ticks];
      long[] allocated = new long[ticks];
      Frame frame = null;
      for (int i = 0; i < ticks; i++) {
        Thread.sleep(pause);
        long start = threads.getCurrentThreadCpuTime();
        walked.sample(Depth.CHANGED, reading -> {});
        long middle = threads.getCurrentThreadCpuTime();
        long bytes = threads.getCurrentThreadAllocatedBytes();
        Sample sample = ticked.sample(Depth.CHANGED, table::apply);
        frame = table.tick(sample, false);
        long end = threads.getCurrentThreadCpuTime();
        allocated[i] = threads.getCurrentThreadAllocatedBytes() - bytes;
        walk[i] = (middle - start) / 1e6;
        tick[i] = (end - middle) / 1e6;
      }
      Arrays.sort(allocated);
      System.out.printf(
          "connections %d, changed %d: walk %.2f ms, tick %.2f ms, ratio %.2f, allocated %d bytes%n",
          table.size(),
          frame == null ? 0 : frame.updated().size(),
          median(walk),
          median(tick),
          median(tick) / median(walk),
          allocated[ticks / 2]);
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
