package dev.tcptop.http.stream;

import dev.tcptop.publish.Replay;
import dev.tcptop.publish.Selection;
import dev.tcptop.publish.Snapshot;
import dev.tcptop.table.Frame;
import io.vertx.core.buffer.Buffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

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

  SharedEvents(EventEncoder encoder) {
    this.encoder = encoder;
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
  Iterator<Buffer> frame(Frame frame, Selection selection) {
    return selection.isAll()
        ? shared(frame, "frame", frame.sequence() - 1, () -> Event.of(frame))
        : own(Event.ofMerged(selection.next(frame)));
  }

  /**
   * The bytes of frames that were merged. Their events are no longer in their order, so that only
   * the last one, the tick, has an id: a client that has seen it has seen all.
   *
   * @param after the event after which they come
   */
  Iterator<Buffer> merged(Frame frame, long after, Selection selection) {
    return selection.isAll()
        ? shared(frame, "merged", after, () -> Event.ofMerged(frame))
        : own(Event.ofMerged(selection.next(frame)));
  }

  /**
   * The bytes of all connections that are let through, with which the selection begins anew. Before
   * them, for a client that comes back, the closes that it missed, or a gap. Only the last event
   * has an id.
   */
  Iterator<Buffer> present(Snapshot snapshot, LastEvent seen, Replay replay, Selection selection) {
    Supplier<List<Event>> events = () -> Event.ofPresent(snapshot, seen, replay, selection);
    return selection.isAll()
        ? shared(snapshot.frame(), seen.any() ? "back" : "present", seen.sequence(), events)
        : own(events.get());
  }

  private Iterator<Buffer> own(List<Event> events) {
    EncodedEvents encoded = new EncodedEvents(events, encoder, () -> {});
    encoded.forget();
    return encoded.pieces();
  }

  private synchronized Iterator<Buffer> shared(
      Frame frame, String what, long after, Supplier<List<Event>> events) {
    EncodedEvents encoded =
        shared.computeIfAbsent(
            new Key(frame.number(), what, after),
            key -> new EncodedEvents(events.get(), encoder, this::makeRoom));
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
