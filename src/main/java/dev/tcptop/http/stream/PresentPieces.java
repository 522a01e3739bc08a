package dev.tcptop.http.stream;

import dev.tcptop.model.Connection;
import dev.tcptop.publish.Replay;
import dev.tcptop.publish.Selection;
import dev.tcptop.publish.Snapshot;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a stream: for a client that comes back, the closes that it missed, or a gap;
 * then all connections that are let through, with which the selection begins anew. The last event
 * alone has an id.
 */
final class PresentPieces extends LazyPieces {
  private final Snapshot snapshot;
  private final Selection selection;
  private final boolean withoutConnections;

  /** What a gap has as its number of events; -1: it is not known. */
  private final long missed;

  private Iterator<Connection> closes = Collections.emptyIterator();
  private Iterator<Connection> connections = Collections.emptyIterator();

  /** Whether a gap follows the closes. */
  private boolean gap;

  private boolean begun;

  /** The last event that was found: it has the id if no other one is. */
  private @Nullable Event last;

  /**
   * @param withoutConnections whether these follow from elsewhere, and the last of them has the id
   */
  PresentPieces(
      Snapshot snapshot,
      LastEvent seen,
      Replay replay,
      Selection selection,
      boolean withoutConnections,
      EventEncoder encoder,
      Duration budget) {
    super(encoder, budget);
    this.snapshot = snapshot;
    this.selection = selection;
    this.withoutConnections = withoutConnections;
    long after = seen.sequence();
    long to = snapshot.frame().lastSequence();
    // How many events a client missed through a filter is not known.
    missed = selection.isAll() && after >= 0 && after <= to ? to - after : -1;
    if (seen.any()) {
      List<Connection> kept = replay.closes(after, to);
      gap = kept == null;
      closes = kept == null ? closes : kept.iterator();
    }
  }

  @Override
  public Object source() {
    return snapshot;
  }

  @Override
  boolean advance(List<Event> piece) {
    if (closes.hasNext()) {
      Connection closed = closes.next();
      if (selection.isClosed(closed)) {
        found("closed", closed, piece);
      } else {
        // The filter may have let a connection through whose close it does not.
        gap = true;
      }
      return true;
    }
    if (!begun) {
      begun = true;
      if (gap) {
        found(Event.gap(missed), piece);
      }
      selection.begin();
      connections =
          withoutConnections ? Collections.emptyIterator() : snapshot.connections().iterator();
    }
    if (connections.hasNext()) {
      Connection connection = connections.next();
      // A connection that has just closed is left out: no close would follow.
      if (selection.isPresent(connection)) {
        found("present", connection, piece);
      }
      return true;
    }
    if (last != null) {
      piece.add(withoutConnections ? last : last.withId(snapshot.frame().lastSequence()));
    }
    return false;
  }

  private void found(String name, Connection connection, List<Event> piece) {
    found(Event.of(name, Event.NO_ID, connection), piece);
  }

  private void found(Event event, List<Event> piece) {
    if (last != null) {
      piece.add(last);
    }
    last = event;
  }
}
