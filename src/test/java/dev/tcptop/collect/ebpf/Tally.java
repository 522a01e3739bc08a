package dev.tcptop.collect.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.Patience;
import dev.tcptop.collect.Collector.Depth;
import dev.tcptop.collect.Reading;
import dev.tcptop.collect.ebpf.EbpfCollector.Settings;
import dev.tcptop.model.Losses;
import dev.tcptop.model.Protocol;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Counts the readings of a collector: the events of the whole machine that it reported, and the
 * losses that it counted.
 */
final class Tally implements AutoCloseable {
  private final EbpfCollector collector;
  private final Map<Long, Long> datagrams = new HashMap<>();
  private long closes;
  private Losses lost = Losses.NONE;

  Tally(Settings settings) {
    collector = new EbpfCollector(settings);
  }

  /** Takes all readings, also of closing records that wait for their owner. */
  void take() {
    collector.sample(Depth.CHANGED, this::count);
    lost = collector.sample(Depth.REMAINING, this::count).lost();
  }

  private void count(Reading reading) {
    if (reading.protocol() == Protocol.UDP) {
      datagrams.put(reading.id(), reading.packetsIn() + reading.packetsOut());
    } else if (reading.closed()) {
      closes++;
    }
  }

  /** The TCP connections whose close was reported. */
  long closes() {
    return closes;
  }

  /** The datagrams that the flows show, sent and received. */
  long datagrams() {
    return datagrams.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The losses since the collector was opened. */
  Losses lost() {
    return lost;
  }

  /**
   * Takes from both collectors until the figure of the ample one stands still around the turn of
   * the tiny one. Both have then observed the same events, whatever else this machine does.
   *
   * @param figure rises with every event that counts
   */
  static void takeTogether(Tally ample, Tally tiny, ToLongFunction<Tally> figure) {
    long deadline = System.nanoTime() + Patience.LIMIT.toNanos();
    long before;
    do {
      assertThat(System.nanoTime()).as("the machine never rests").isLessThan(deadline);
      ample.take();
      before = figure.applyAsLong(ample);
      tiny.take();
      ample.take();
    } while (figure.applyAsLong(ample) != before);
    assertThat(ample.lost()).as("what the ample one lost").isEqualTo(Losses.NONE);
  }

  @Override
  public void close() {
    collector.close();
  }
}
