package dev.tcptop.publish;

import dev.tcptop.model.Connection;
import dev.tcptop.table.Frame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last events, for listeners that were slow or away. It is bounded, and all listeners share it:
 * one that falls behind costs the place at which it stopped, a sequence number. Thread-safe.
 */
public final class Replay {
  private final int closeLimit;
  private final int eventLimit;

  private final ArrayDeque<Close> closes = new ArrayDeque<>();
  private final ArrayDeque<Frame> frames = new ArrayDeque<>();
  private long events;

  /** Merged frames up to the newest one, by the sequence number after which each begins. */
  private final Map<Long, Frame> merged = new HashMap<>();

  private volatile long newest;
  private volatile long forgotten;

  private record Close(long sequence, Connection connection) {}

  /**
   * @param closeLimit closed connections kept, the last ones
   * @param eventLimit events of whole frames kept, the last ones
   */
  public Replay(int closeLimit, int eventLimit) {
    this.closeLimit = closeLimit;
    this.eventLimit = eventLimit;
  }

  /** Takes in the next frame. */
  public synchronized void add(Frame frame) {
    frame.forEach(
        new Frame.Visitor() {
          @Override
          public void opened(long sequence, Connection connection) {}

          @Override
          public void updated(long sequence, Connection connection) {}

          @Override
          public void closed(long sequence, Connection connection) {
            closes.addLast(new Close(sequence, connection));
          }
        });
    while (closes.size() > closeLimit) {
      forgotten = closes.removeFirst().sequence;
    }
    frames.addLast(frame);
    events += frame.events();
    while (events > eventLimit) {
      events -= frames.removeFirst().events();
    }
    merged.clear();
    newest = frame.lastSequence();
  }

  /** The sequence number of the last event; 0: there is none. */
  public long newest() {
    return newest;
  }

  /** Whether every close after this event is kept. */
  public boolean reaches(long sequence) {
    return sequence >= forgotten && sequence <= newest;
  }

  /**
   * The closed connections of the events after one sequence number, up to another and including it,
   * in their order. Null: not all of them are kept.
   */
  public synchronized @Nullable List<Connection> closes(long after, long to) {
    if (!reaches(after)) {
      return null;
    }
    List<Connection> connections = new ArrayList<>();
    for (Iterator<Close> last = closes.descendingIterator(); last.hasNext(); ) {
      Close close = last.next();
      if (close.sequence <= after) {
        break;
      }
      if (close.sequence <= to) {
        connections.add(close.connection);
      }
    }
    Collections.reverse(connections);
    return connections;
  }

  /**
   * All changes after the last event of a frame, merged into one frame; until the next frame it is
   * the same object for all callers. Null: not all of them are kept, or nothing has changed.
   *
   * @param sequence of a frame's last event
   */
  public synchronized @Nullable Frame since(long sequence) {
    Frame oldest = frames.peekFirst();
    if (oldest == null || oldest.sequence() > sequence + 1 || sequence >= newest) {
      return null;
    }
    return merged.computeIfAbsent(sequence, this::merge);
  }

  private @Nullable Frame merge(long after) {
    Backlog backlog = new Backlog(Integer.MAX_VALUE);
    for (Frame frame : frames) {
      if (frame.sequence() > after) {
        backlog.add(frame);
      }
    }
    return backlog.take();
  }
}
