package dev.tcptop.publish;

import dev.tcptop.model.Connection;
import dev.tcptop.model.Losses;
import dev.tcptop.table.Frame;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The frames that one slow listener has not been given yet, merged per connection: of several
 * updates the last one counts, and a connection that opened and closed is short-lived. Bounded by
 * the number of open connections and a limit of closed ones; past that the backlog only counts. Not
 * thread-safe.
 */
public final class Backlog {

  private enum Kind {
    OPENED,
    UPDATED,
    QUIETED
  }

  private record Pending(Kind kind, Connection connection) {}

  private final int closedLimit;
  private final Map<Long, Pending> live = new LinkedHashMap<>();
  private final List<Connection> closed = new ArrayList<>();
  private final List<Frame.ShortLived> shortLived = new ArrayList<>();
  private @Nullable Frame last;
  private Losses lost = Losses.NONE;
  private long missed;

  private final Frame.Visitor merging =
      new Frame.Visitor() {
        @Override
        public void shortLived(long sequence, Frame.ShortLived connection) {
          shortLived.add(connection);
        }

        @Override
        public void opened(long sequence, Connection connection) {
          put(Kind.OPENED, connection);
        }

        @Override
        public void updated(long sequence, Connection connection) {
          put(Kind.UPDATED, connection);
        }

        @Override
        public void quieted(long sequence, Connection connection) {
          put(Kind.QUIETED, connection);
        }

        @Override
        public void closed(long sequence, Connection connection) {
          close(connection);
        }
      };

  /**
   * @param closedLimit closed connections kept; with one more, all that is kept is given up
   */
  public Backlog(int closedLimit) {
    this.closedLimit = closedLimit;
  }

  public boolean isEmpty() {
    return last == null;
  }

  /** Events given up since the last {@link #take}: the listener has to begin anew. */
  public long missed() {
    return missed;
  }

  /** Merges in the next frame. */
  public void add(Frame frame) {
    last = frame;
    lost = lost.plus(frame.lost());
    if (missed > 0) {
      missed += frame.events() - 1;
      return;
    }
    frame.forEach(merging);
    if (closed.size() + shortLived.size() > closedLimit) {
      missed = live.size() + closed.size() + 2L * shortLived.size();
      clear();
    }
  }

  private void put(Kind kind, Connection connection) {
    Pending before = live.get(connection.id());
    // The earlier kind says more: what opened stays opened, what changed stays changed.
    Kind merged = before == null || before.kind.compareTo(kind) > 0 ? kind : before.kind;
    live.put(connection.id(), new Pending(merged, connection));
  }

  private void close(Connection connection) {
    Pending pending = live.remove(connection.id());
    if (pending != null && pending.kind == Kind.OPENED) {
      shortLived.add(new Frame.ShortLived(pending.connection, connection));
    } else {
      closed.add(connection);
    }
  }

  private void clear() {
    live.clear();
    closed.clear();
    shortLived.clear();
  }

  /**
   * Takes what is kept as one frame, and empties the backlog. The frame has no connections if
   * events were {@link #missed}. Null: the backlog is empty.
   */
  public @Nullable Frame take() {
    Frame newest = last;
    if (newest == null) {
      return null;
    }
    Frame.Builder changes = new Frame.Builder();
    shortLived.forEach(changes::shortLived);
    for (Pending pending : live.values()) {
      switch (pending.kind) {
        case OPENED -> changes.opened(pending.connection);
        case UPDATED -> changes.updated(pending.connection);
        case QUIETED -> changes.quieted(pending.connection);
      }
    }
    closed.forEach(changes::closed);
    Frame merged = changes.inPlaceOf(newest, lost);
    clear();
    last = null;
    lost = Losses.NONE;
    missed = 0;
    return merged;
  }
}
