package dev.tcptop.table;

import dev.tcptop.collect.Reading;
import dev.tcptop.collect.Sample;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Losses;
import dev.tcptop.names.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * All connections, by id. One thread owns it: between two ticks it is given readings, and each tick
 * makes a {@link Frame} of what they changed. A closed connection stays for one more tick.
 */
public final class ConnectionTable {
  private final Long2ObjectHashMap<Row> rows = new Long2ObjectHashMap<>();

  /** Rows that the readings since the last tick changed, each once. */
  private ArrayList<Row> changed = new ArrayList<>();

  /** Those of the tick before. */
  private ArrayList<Row> changedBefore = new ArrayList<>();

  private long tick = 1;
  private long sequence = 1;
  private final Names names;
  private TickClock clock;
  private Losses lost = Losses.NONE;

  /**
   * @param start taken when the collector began: rates of the first tick count from there
   * @param names asked where the view of a connection is made
   */
  public ConnectionTable(Sample start, Names names) {
    clock = TickClock.start(start);
    this.names = names;
  }

  /** Takes in one reading; it is not kept. */
  public void apply(Reading reading) {
    Row row = rows.get(reading.id());
    if (row == null) {
      row = new Row(reading, clock.instant(reading.sinceNanos()));
      rows.put(row.id(), row);
    }
    row.namedTick = tick;
    if (row.update(reading)) {
      markChanged(row);
    }
  }

  private void markChanged(Row row) {
    if (row.changedTick != tick) {
      row.changedTick = tick;
      changed.add(row);
    }
  }

  /**
   * Marks the open connections that have other names by now. One that a sweep did not find is not
   * marked: it closes in this tick.
   */
  private void rename(boolean swept) {
    Predicate<Connection> renamed = names.drain();
    if (renamed == null) {
      return;
    }
    for (Row row : rows.values()) {
      if (!row.isClosed() && (!swept || row.namedTick == tick) && row.isRenamed(renamed, names)) {
        markChanged(row);
      }
    }
  }

  /** Connections held, those closed in the last tick among them. */
  public int size() {
    return rows.size();
  }

  /** A connection as the last frame left it; null if there is none with this id. */
  public @Nullable Connection get(long id) {
    Row row = rows.get(id);
    return row == null || row.isUnseen() ? null : row.shown();
  }

  /** All connections as the last frame left them, in no order. */
  public List<Connection> all() {
    List<Connection> all = new ArrayList<>(rows.size());
    for (Row row : rows.values()) {
      if (!row.isUnseen()) {
        all.add(row.shown());
      }
    }
    return all;
  }

  /**
   * Ends the interval.
   *
   * @param sample the figures of its last sample
   * @param swept whether the readings since the last tick named every connection that exists: what
   *     they did not name has ended, and its close was lost
   */
  public Frame tick(Sample sample, boolean swept) {
    clock = clock.next(sample);
    rename(swept);
    Frame.Builder changes = new Frame.Builder();
    for (Row row : changedBefore) {
      if (row.changedTick == tick) {
        continue;
      }
      if (row.isClosed()) {
        rows.remove(row.id());
      } else if (row.isMomentary() && (!swept || row.namedTick == tick)) {
        changes.quieted(row.quiet(clock, names));
      }
    }
    for (Row row : changed) {
      boolean first = row.isUnseen() && !row.isPartial();
      Connection connection = row.frame(clock, names);
      if (first && row.isClosed()) {
        changes.shortLived(new Frame.ShortLived(connection.asNew(row.lastState()), connection));
      } else if (first) {
        changes.opened(connection);
      } else if (row.isClosed()) {
        changes.closed(connection);
      } else {
        changes.updated(connection);
      }
    }
    if (swept) {
      for (Row row : rows.values()) {
        if (row.namedTick != tick && !row.isClosed()) {
          changes.closed(row.loseSight(clock, names));
          markChanged(row);
        }
      }
    }
    Frame frame =
        changes.build(tick, sequence, clock.now(), rows.size(), sample.lost().since(lost));
    sequence = frame.lastSequence() + 1;
    lost = sample.lost();
    ArrayList<Row> spare = changedBefore;
    spare.clear();
    changedBefore = changed;
    changed = spare;
    tick++;
    return frame;
  }
}
