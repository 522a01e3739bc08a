package dev.tcptop.table;

import dev.tcptop.model.Connection;
import dev.tcptop.model.Losses;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What one tick changed: a sequence of changes, with at most one for each connection. Immutable.
 *
 * <p>Each event that a subscriber is sent has a sequence number. A change makes one event, a
 * short-lived connection makes two, and the last event of a frame is the tick itself.
 */
public final class Frame {
  /** The state before the first tick. */
  public static final Frame NONE = new Builder().build(0, 0, Instant.EPOCH, 0, Losses.NONE);

  private final long number;
  private final long sequence;
  private final Instant time;
  private final int total;
  private final Losses lost;

  // in the order of the events
  private final List<ShortLived> shortLived;
  private final List<Connection> opened;
  private final List<Connection> updated;
  private final List<Connection> quieted;
  private final List<Connection> closed;

  private Frame(Builder changes, long number, long sequence, Instant time, int total, Losses lost) {
    this.number = number;
    this.sequence = sequence;
    this.time = time;
    this.total = total;
    this.lost = lost;
    shortLived = changes.shortLived;
    opened = changes.opened;
    updated = changes.updated;
    quieted = changes.quieted;
    closed = changes.closed;
  }

  /**
   * A connection that began and ended within one interval.
   *
   * @param open the connection before it closed
   * @param close its end
   */
  public record ShortLived(Connection open, Connection close) {}

  /**
   * A reader of the changes. Each method is given the sequence number of the event. The methods
   * with a body serve a reader that does not tell that kind of change from another.
   */
  public interface Visitor {
    /**
     * The connection began and ended within the interval.
     *
     * @param sequence of the first of its two events
     */
    default void shortLived(long sequence, ShortLived connection) {
      opened(sequence, connection.open());
      closed(sequence + 1, connection.close());
    }

    /** The connection began within the interval. */
    void opened(long sequence, Connection connection);

    /** The connection changed, or is older than tcptop and is shown for the first time. */
    void updated(long sequence, Connection connection);

    /** The connection did not change, but the last frame's rates and phase no longer hold. */
    default void quieted(long sequence, Connection connection) {
      updated(sequence, connection);
    }

    /** The connection ended within the interval. */
    void closed(long sequence, Connection connection);
  }

  /**
   * Gives the visitor each change, in the order of the events. The tick itself is not among them.
   */
  public void forEach(Visitor visitor) {
    forEach(0, changes(), visitor);
  }

  /**
   * Gives the visitor a part of the changes, in the order of the events.
   *
   * @param from the first change, from 0
   * @param to the change before which the part ends, at most {@link #changes}
   */
  public void forEach(int from, int to, Visitor visitor) {
    Part part = new Part(from, to);
    part.give(shortLived, 2, visitor::shortLived);
    part.give(opened, 1, visitor::opened);
    part.give(updated, 1, visitor::updated);
    part.give(quieted, 1, visitor::quieted);
    part.give(closed, 1, visitor::closed);
  }

  /** Gives a visitor a change with the sequence number of its first event. */
  private interface Giving<C> {
    void give(long sequence, C change);
  }

  /** A part of the changes while the lists are gone through. */
  private final class Part {
    private final int from;
    private final int to;
    private int before;
    private long next = sequence;

    Part(int from, int to) {
      this.from = from;
      this.to = to;
    }

    <C> void give(List<C> changes, int events, Giving<C> visitor) {
      int first = Math.max(0, from - before);
      int last = Math.min(changes.size(), to - before);
      for (int i = first; i < last; i++) {
        visitor.give(next + (long) events * i, changes.get(i));
      }
      before += changes.size();
      next += (long) events * changes.size();
    }
  }

  /** The number of changes. */
  public int changes() {
    return shortLived.size() + opened.size() + updated.size() + quieted.size() + closed.size();
  }

  /** The number of the tick, from 1. */
  public long number() {
    return number;
  }

  /** The sequence number of the first event. */
  public long sequence() {
    return sequence;
  }

  /** The sequence number of the last event, the tick. */
  public long lastSequence() {
    return sequence + events() - 1;
  }

  /** The number of events, with the tick. */
  public long events() {
    return (long) openedEvents() + updatedEvents() + closedEvents() + 1;
  }

  /** Connections that began: events. */
  public int openedEvents() {
    return shortLived.size() + opened.size();
  }

  /** Connections that are shown anew: events. */
  public int updatedEvents() {
    return updated.size() + quieted.size();
  }

  /** Connections that ended: events. */
  public int closedEvents() {
    return shortLived.size() + closed.size();
  }

  /** The time at which the sample was taken. */
  public Instant time() {
    return time;
  }

  /** Connections that the table holds, those that just closed among them. */
  public int total() {
    return total;
  }

  /** Losses within the interval. */
  public Losses lost() {
    return lost;
  }

  /** Whether nothing was lost within the interval. */
  public boolean complete() {
    return lost.none();
  }

  /** Collects the changes of one frame, in any order. It is used once, by one thread. */
  public static final class Builder {
    private final List<ShortLived> shortLived = new ArrayList<>(0);
    private final List<Connection> opened = new ArrayList<>(0);
    private final List<Connection> updated = new ArrayList<>(0);
    private final List<Connection> quieted = new ArrayList<>(0);
    private final List<Connection> closed = new ArrayList<>(0);

    public void shortLived(ShortLived connection) {
      shortLived.add(connection);
    }

    public void opened(Connection connection) {
      opened.add(connection);
    }

    public void updated(Connection connection) {
      updated.add(connection);
    }

    public void quieted(Connection connection) {
      quieted.add(connection);
    }

    public void closed(Connection connection) {
      closed.add(connection);
    }

    /**
     * The frame of a tick.
     *
     * @param sequence the sequence number of its first event
     */
    public Frame build(long number, long sequence, Instant time, int total, Losses lost) {
      return new Frame(this, number, sequence, time, total, lost);
    }

    /**
     * These changes in place of another frame's: the tick, its last sequence number and its total
     * stay.
     *
     * @param lost within the time that the changes cover
     */
    public Frame inPlaceOf(Frame frame, Losses lost) {
      int events =
          2 * shortLived.size() + opened.size() + updated.size() + quieted.size() + closed.size();
      return build(frame.number, frame.lastSequence() - events, frame.time, frame.total, lost);
    }
  }
}
