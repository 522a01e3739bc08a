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
 * updates the last one counts, what opened and closed is brief. Bounded by the number of open
 * connections and a limit of closed ones; past that it only counts. Not thread-safe.
 */
public final class Backlog {

  private enum Kind {
    OPENED,
    UPDATED,
    SETTLED
  }

  private record Pending(Kind kind, Connection connection) {}

  private final int closedLimit;
  private final Map<Long, Pending> live = new LinkedHashMap<>();
  private final List<Connection> closed = new ArrayList<>();
  private final List<Frame.Brief> brief = new ArrayList<>();
  private @Nullable Frame last;
  private Losses lost = Losses.NONE;
  private long missed;

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
    brief.addAll(frame.brief());
    put(Kind.OPENED, frame.opened());
    put(Kind.UPDATED, frame.updated());
    put(Kind.SETTLED, frame.settled());
    for (Connection connection : frame.closed()) {
      Pending pending = live.remove(connection.id());
      if (pending != null && pending.kind == Kind.OPENED) {
        brief.add(new Frame.Brief(pending.connection, connection));
      } else {
        closed.add(connection);
      }
    }
    if (closed.size() + brief.size() > closedLimit) {
      missed = live.size() + closed.size() + 2L * brief.size();
      live.clear();
      closed.clear();
      brief.clear();
    }
  }

  private void put(Kind kind, List<Connection> connections) {
    for (Connection connection : connections) {
      Pending before = live.get(connection.id());
      // The earlier kind says more: what opened stays opened, what changed stays changed.
      Kind merged = before == null || before.kind.compareTo(kind) > 0 ? kind : before.kind;
      live.put(connection.id(), new Pending(merged, connection));
    }
  }

  /**
   * What is kept, as one frame, and empties the backlog. Its connections are none if events were
   * {@link #missed}. Null: nothing is kept.
   */
  public @Nullable Frame take() {
    Frame newest = last;
    if (newest == null) {
      return null;
    }
    Frame merged =
        new Frame(
            newest.number(),
            newest.lastSequence() - live.size() - closed.size() - 2L * brief.size(),
            newest.time(),
            newest.total(),
            List.copyOf(brief),
            pending(Kind.OPENED),
            pending(Kind.UPDATED),
            pending(Kind.SETTLED),
            List.copyOf(closed),
            lost);
    live.clear();
    closed.clear();
    brief.clear();
    last = null;
    lost = Losses.NONE;
    missed = 0;
    return merged;
  }

  private List<Connection> pending(Kind kind) {
    List<Connection> connections = new ArrayList<>();
    for (Pending pending : live.values()) {
      if (pending.kind == kind) {
        connections.add(pending.connection);
      }
    }
    return connections;
  }
}
