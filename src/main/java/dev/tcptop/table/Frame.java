package dev.tcptop.table;

import dev.tcptop.model.Connection;
import dev.tcptop.model.Losses;
import java.time.Instant;
import java.util.List;

/**
 * What one tick changed. Immutable. A connection is in one of the lists at most.
 *
 * @param number of the tick, from 1
 * @param sequence the sequence number of the frame's first event; each has one, in the order brief
 *     (an open and a close each), opened, updated, settled, closed, tick
 * @param time when the sample was taken
 * @param total connections held, those that just closed among them
 * @param brief began and ended within the interval
 * @param opened began within the interval
 * @param updated changed; also those older than tcptop when they are first shown
 * @param settled did not change, but the last frame's rates and phase no longer hold
 * @param closed ended within the interval
 * @param lost within the interval
 */
public record Frame(
    long number,
    long sequence,
    Instant time,
    int total,
    List<Brief> brief,
    List<Connection> opened,
    List<Connection> updated,
    List<Connection> settled,
    List<Connection> closed,
    Losses lost) {

  /** What was before the first tick. */
  public static final Frame NONE =
      new Frame(
          0,
          0,
          Instant.EPOCH,
          0,
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          Losses.NONE);

  /**
   * A connection that began and ended within one interval.
   *
   * @param open as it was before it closed
   * @param close its end
   */
  public record Brief(Connection open, Connection close) {}

  /** Whether nothing was lost. */
  public boolean complete() {
    return lost.none();
  }

  /** How many events it makes, the tick among them. */
  public long events() {
    return lastSequence() - sequence + 1;
  }

  /** The sequence number of the last event, the tick. */
  public long lastSequence() {
    return sequence
        + 2L * brief.size()
        + opened.size()
        + updated.size()
        + settled.size()
        + closed.size();
  }
}
