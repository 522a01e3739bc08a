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
 * A collector whose readings are only counted: what of the whole machine it reported, and what it
 * says that it lost.
 */
final class Tally implements AutoCloseable {
  private final EbpfCollector collector;
  private final Map<Long, Long> datagrams = new HashMap<>();
  private long closes;
  private Losses lost = Losses.NONE;

  Tally(Settings settings) {
    collector = new EbpfCollector(settings);
  }

  /** Takes all that there is, the closing records that wait for their owner among it. */
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

  /** TCP connections that it saw close. */
  long closes() {
    return closes;
  }

  /** Datagrams that its flows show, sent and received. */
  long datagrams() {
    return datagrams.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Since it began. */
  Losses lost() {
    return lost;
  }

  /**
   * Takes from both until the ample one saw nothing happen around the tiny one's turn, so that both
   * know of the same, whatever else this machine does.
   *
   * @param figure that rises with all that happens
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
