package dev.tcptop.http.stream;

import dev.tcptop.model.Connection;
import dev.tcptop.model.Phase;
import dev.tcptop.publish.Replay;
import dev.tcptop.publish.Selection;
import dev.tcptop.publish.Snapshot;
import dev.tcptop.table.Frame;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The bytes of the events that subscribers write at present. Subscribers without a filter share
 * them: each event is encoded once. What a selection shows to one subscriber is encoded for it
 * alone. Bounded; thread-safe.
 */
final class SharedEvents {
  /** What is kept to be shared, in all; what is older is encoded for each subscriber. */
  private static final int SHARED_FRAMES = 8;

  private static final long SHARED_BYTES = 16 << 20;

  private final EventEncoder encoder;

  /** Oldest first. */
  private final Map<Key, EncodedEvents> shared = new LinkedHashMap<>();

  private final Duration budget;

  SharedEvents(EventEncoder encoder) {
    this(encoder, LazyPieces.BUDGET);
  }

  /**
   * @param budget for what a filter selects of a frame or of all connections
   */
  SharedEvents(EventEncoder encoder, Duration budget) {
    this.encoder = encoder;
    this.budget = budget;
  }

  /**
   * What is shared.
   *
   * @param number of the frame up to which it leads
   * @param after the event after which it begins
   */
  private record Key(long number, String what, long after) {}

  EventEncoder encoder() {
    return encoder;
  }

  /** The bytes of a frame, in pieces. Through a filter only the tick has an id. */
  Pieces frame(Frame frame, Selection selection) {
    return selection.isAll()
        ? shared(frame, "frame", frame.sequence() - 1, new OfFrame(frame, true))
        : new FramePieces(frame, selection, encoder, budget);
  }

  /**
   * The bytes of frames that were merged. Their events are no longer in their order, so that only
   * the last one, the tick, has an id: a client that has seen it has seen all.
   *
   * @param after the event after which they come
   */
  Pieces merged(Frame frame, long after, Selection selection) {
    return selection.isAll()
        ? shared(frame, "merged", after, new OfFrame(frame, false))
        : new FramePieces(frame, selection, encoder, budget);
  }

  /**
   * The bytes of all connections that are let through, with which the selection begins anew. Before
   * them, for a client that comes back, the closes that it missed, or a gap. Only the last event
   * has an id.
   */
  Pieces present(Snapshot snapshot, LastEvent seen, Replay replay, Selection selection) {
    OfSnapshot all = new OfSnapshot(snapshot);
    boolean shareable = selection.isAll() && all.count() > 0;
    if (!shareable || seen.any()) {
      Pieces own = new PresentPieces(snapshot, seen, replay, selection, shareable, encoder, budget);
      return shareable ? new Both(own, present(snapshot, LastEvent.NONE, replay, selection)) : own;
    }
    return shared(snapshot.frame(), "present", -1, all);
  }

  /** A frame's changes, and its tick. */
  private record OfFrame(Frame frame, boolean withIds) implements EncodedEvents.Events {
    @Override
    public int count() {
      return frame.changes() + 1;
    }

    @Override
    public Object source() {
      return frame;
    }

    @Override
    public List<Event> between(int from, int to) {
      List<Event> events = new ArrayList<>();
      frame.forEach(
          from,
          Math.min(to, frame.changes()),
          new Frame.Visitor() {
            @Override
            public void opened(long sequence, Connection connection) {
              add("opened", sequence, connection);
            }

            @Override
            public void updated(long sequence, Connection connection) {
              add("updated", sequence, connection);
            }

            @Override
            public void closed(long sequence, Connection connection) {
              add("closed", sequence, connection);
            }

            private void add(String name, long sequence, Connection connection) {
              events.add(Event.of(name, withIds ? sequence : Event.NO_ID, connection));
            }
          });
      if (to == count()) {
        events.add(
            Event.tick(frame, frame.openedEvents(), frame.updatedEvents(), frame.closedEvents()));
      }
      return events;
    }
  }

  /** The connections of a snapshot up to the last one that is open: only open ones make events. */
  private record OfSnapshot(Snapshot snapshot, int count) implements EncodedEvents.Events {
    OfSnapshot(Snapshot snapshot) {
      this(snapshot, upToTheLastOpen(snapshot.connections()));
    }

    private static int upToTheLastOpen(List<Connection> connections) {
      int count = connections.size();
      while (count > 0 && connections.get(count - 1).phase() == Phase.CLOSED) {
        count--;
      }
      return count;
    }

    @Override
    public Object source() {
      return snapshot;
    }

    @Override
    public List<Event> between(int from, int to) {
      List<Event> events = new ArrayList<>(to - from);
      for (int i = from; i < to; i++) {
        Connection connection = snapshot.connections().get(i);
        if (connection.phase() != Phase.CLOSED) {
          long id = i == count - 1 ? snapshot.frame().lastSequence() : Event.NO_ID;
          events.add(Event.of("present", id, connection));
        }
      }
      return events;
    }
  }

  /** Some pieces after others. */
  private record Both(Pieces first, Pieces last) implements Pieces {
    private Pieces now() {
      return first.hasNext() ? first : last;
    }

    @Override
    public boolean hasNext() {
      return now().hasNext();
    }

    @Override
    public boolean isReady() {
      return now().isReady();
    }

    @Override
    public Object source() {
      return now().source();
    }

    @Override
    public Buffer next() {
      return now().next();
    }
  }

  private synchronized Pieces shared(
      Frame frame, String what, long after, EncodedEvents.Events events) {
    EncodedEvents encoded =
        shared.computeIfAbsent(
            new Key(frame.number(), what, after),
            key -> new EncodedEvents(events, encoder, this::makeRoom));
    makeRoom();
    return encoded.pieces();
  }

  /** Lets the oldest go where too much is kept. */
  private synchronized void makeRoom() {
    long bytes = shared.values().stream().mapToLong(EncodedEvents::bytes).sum();
    Iterator<EncodedEvents> oldest = shared.values().iterator();
    while (shared.size() > SHARED_FRAMES || (bytes > SHARED_BYTES && shared.size() > 1)) {
      EncodedEvents events = oldest.next();
      bytes -= events.bytes();
      events.forget();
      oldest.remove();
    }
  }
}
