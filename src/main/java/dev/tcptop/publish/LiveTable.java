package dev.tcptop.publish;

import dev.tcptop.collect.Collector;
import dev.tcptop.collect.Reading;
import dev.tcptop.collect.Sample;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Losses;
import dev.tcptop.names.Names;
import dev.tcptop.table.ConnectionTable;
import dev.tcptop.table.Frame;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The table and the collector that feeds it. All of it belongs to the table's thread. */
final class LiveTable {
  private final Collector collector;
  private final ConnectionTable table;
  private final Consumer<Reading> sink;

  private Frame frame = Frame.NONE;
  private Sample sample;
  private @Nullable Snapshot snapshot;

  /** Losses up to the last tick. */
  private Losses lost = Losses.NONE;

  /** Whether the last tick lost closing records. */
  private boolean lostCloses;

  LiveTable(Collector collector) {
    this.collector = collector;
    sample = collector.opened();
    table = new ConnectionTable(sample, Names.NONE);
    sink = table::apply;
  }

  /**
   * Between the ticks: takes the closing records, so that the kernel's buffer does not fill,
   * however long the interval and whatever the burst.
   */
  void drain() {
    take(Collector.Depth.CLOSED);
  }

  /** A tick: takes a sample and makes a frame of it. */
  Frame advance() {
    Sample taken = take(Collector.Depth.CHANGED);
    // A close that was lost while a walk went on hides from that tick's sweep: the next one finds
    // it.
    boolean swept = lostCloses || hidesCloses(taken);
    if (swept) {
      taken = take(Collector.Depth.REMAINING);
    }
    frame = table.tick(taken, swept);
    lostCloses = hidesCloses(taken);
    sample = taken;
    lost = taken.lost();
    snapshot = null;
    return frame;
  }

  private Sample take(Collector.Depth depth) {
    return collector.sample(depth, sink);
  }

  private boolean hidesCloses(Sample taken) {
    return taken.lost().since(lost).hidesCloses();
  }

  /** The figures of the last tick's sample. */
  Sample sample() {
    return sample;
  }

  /** All connections as the last frame left them: one snapshot for all that ask before the next. */
  Snapshot snapshot() {
    Snapshot taken = snapshot;
    if (taken == null) {
      taken = new Snapshot(frame, table.all(), lost);
      snapshot = taken;
    }
    return taken;
  }

  /** A connection as the last frame left it. */
  Optional<Connection> connection(long id) {
    return Optional.ofNullable(table.get(id));
  }
}
