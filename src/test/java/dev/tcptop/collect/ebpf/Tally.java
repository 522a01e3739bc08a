package dev.tcptop.collect.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.Patience;
import dev.tcptop.collect.Collector.Depth;
import dev.tcptop.collect.Reading;
import dev.tcptop.collect.Sample;
import dev.tcptop.collect.ebpf.EbpfCollector.Settings;
import dev.tcptop.model.Losses;
import dev.tcptop.model.Protocol;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.agrona.collections.LongArrayList;

/**
 * Counts the readings of a collector: the events of the whole machine that it reported, and the
 * losses that it counted.
 */
final class Tally implements AutoCloseable {
  /** The distance from a close at which both collectors agree whether a moment is before it. */
  private static final long CLEAR_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

  private static final long WINDOW_MILLIS = 5;

  private final EbpfCollector collector;
  private final Map<Long, Long> datagrams = new HashMap<>();
  private final Set<Long> begun = new HashSet<>();

  /** The times of the closes, on the clock of {@link Sample#monotonicNanos}. */
  private final LongArrayList closes = new LongArrayList();

  private Sample last;

  Tally(Settings settings) {
    collector = new EbpfCollector(settings);
    last = collector.opened();
  }

  /** Takes all readings, also of closing records that wait for their owner. */
  private void take() {
    take(Depth.CHANGED);
    take(Depth.REMAINING);
  }

  private void take(Depth depth) {
    last = collector.sample(depth, this::count);
  }

  private void count(Reading reading) {
    if (reading.protocol() == Protocol.UDP) {
      datagrams.put(reading.id(), reading.packetsIn() + reading.packetsOut());
    } else if (!reading.partial()) {
      begun.add(reading.id());
    }
    if (reading.protocol() == Protocol.TCP && reading.closed()) {
      closes.addLong(reading.seenNanos());
    }
  }

  private long closesBefore(long nanos) {
    return closes.longStream().filter(close -> close < nanos).count();
  }

  /** The TCP connections that began since the collector was opened, and that it has shown. */
  int begun() {
    take();
    return begun.size();
  }

  /** The datagrams that the flows show, sent and received. */
  long datagrams() {
    return datagrams.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The losses since the collector was opened. */
  Losses lost() {
    return last.lost();
  }

  /**
   * The closes of the whole machine before a moment, by an ample and a tiny collector.
   *
   * @param happened the closes that the ample one reported
   * @param shown the closes that the tiny one reported
   * @param lost the closes that the tiny one counted as lost
   */
  record Closes(long happened, long shown, long lost) {
    Closes since(Closes before) {
      return new Closes(happened - before.happened, shown - before.shown, lost - before.lost);
    }

    long missing() {
      return happened - shown;
    }
  }

  /**
   * The closes before one moment. Other programs close connections all the time, so the moment lies
   * in a window in which the tiny collector lost nothing, and at a distance from each close.
   */
  static Closes closesOfBoth(Tally ample, Tally tiny) throws InterruptedException {
    long deadline = System.nanoTime() + Patience.LIMIT.toNanos();
    while (true) {
      tiny.take();
      Sample begin = tiny.last;
      Thread.sleep(WINDOW_MILLIS);
      tiny.take(Depth.CLOSED);
      Sample end = tiny.last;
      ample.take();
      tiny.take();
      assertThat(ample.lost()).as("what the ample one lost").isEqualTo(Losses.NONE);
      long moment = ample.clearMoment(begin.monotonicNanos(), end.monotonicNanos());
      if (moment > 0 && begin.lost().closes() == end.lost().closes()) {
        return new Closes(
            ample.closesBefore(moment), tiny.closesBefore(moment), begin.lost().closes());
      }
      assertThat(System.nanoTime()).as("a window without a loss").isLessThan(deadline);
    }
  }

  /** The middle of the longest pause in the closes between two moments; 0 where it is too short. */
  private long clearMoment(long from, long to) {
    long[] within =
        closes.longStream().filter(close -> close >= from && close <= to).sorted().toArray();
    long longest = 0;
    long middle = 0;
    long previous = from;
    for (int i = 0; i <= within.length; i++) {
      long next = i < within.length ? within[i] : to;
      if (next - previous > longest) {
        longest = next - previous;
        middle = previous + longest / 2;
      }
      previous = next;
    }
    return longest < 2 * CLEAR_NANOS ? 0 : middle;
  }

  /**
   * Takes from both collectors until the datagrams of the ample one stand still around the turn of
   * the tiny one. Both have then observed the same datagrams, whatever else this machine does.
   */
  static void takeDatagramsTogether(Tally ample, Tally tiny) {
    long deadline = System.nanoTime() + Patience.LIMIT.toNanos();
    long before;
    do {
      assertThat(System.nanoTime()).as("a moment without UDP").isLessThan(deadline);
      ample.take();
      before = ample.datagrams();
      tiny.take();
      ample.take();
    } while (ample.datagrams() != before);
    assertThat(ample.lost()).as("what the ample one lost").isEqualTo(Losses.NONE);
  }

  @Override
  public void close() {
    collector.close();
  }
}
