package dev.tcptop.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tcptop.publish.Replay;
import dev.tcptop.publish.Selection;
import dev.tcptop.publish.Snapshot;
import dev.tcptop.table.Frame;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * Turns frames into the bytes of the event stream. Subscribers without a filter share them.
 * Thread-safe.
 */
final class EventEncoder {

  /** How events are written. */
  enum Form {
    /** {@code text/event-stream} (WHATWG HTML, 9.2.5). */
    SSE("text/event-stream"),
    /** JSON lines, each with an {@code event} key. */
    NDJSON("application/x-ndjson");

    final String mediaType;

    Form(String mediaType) {
      this.mediaType = mediaType;
    }
  }

  /** What is kept to be shared, in all; what is older is encoded for each subscriber. */
  private static final int SHARED_FRAMES = 8;

  private static final long SHARED_BYTES = 16 << 20;

  /** What an event seldom exceeds; where many do, the buffer grows. */
  private static final int TYPICAL_BYTES = 800;

  // One value follows another on its own line: nothing between them.
  private static final JsonFactory JSON = new JsonFactory().setRootValueSeparator(null);

  private final Form form;
  private final String run;

  /** What subscribers write at present, oldest first: each event is encoded once for all. */
  private final Map<Key, EncodedEvents> shared = new LinkedHashMap<>();

  /**
   * @param run what event ids begin with: another at each start of the program
   */
  EventEncoder(Form form, String run) {
    this.form = form;
    this.run = run;
  }

  Form form() {
    return form;
  }

  /**
   * What is shared.
   *
   * @param number of the frame that it leads up to
   * @param after the event after which it begins
   */
  private record Key(long number, String what, long after) {}

  /**
   * What comes before all events: how long a client waits before it comes back, not all at once.
   */
  Buffer preamble() {
    return Buffer.buffer(
        form == Form.SSE
            ? "retry: " + ThreadLocalRandom.current().nextInt(1_000, 3_000) + "\n\n"
            : "");
  }

  /** What says that the connection is alive. */
  Buffer heartbeat() {
    return Buffer.buffer(form == Form.SSE ? ":\n\n" : "{\"event\":\"heartbeat\"}\n");
  }

  /** The bytes of a frame, in pieces. */
  Iterator<Buffer> frame(Frame frame) {
    return shared(frame, "frame", frame.sequence() - 1, () -> Event.of(frame));
  }

  /**
   * The bytes of frames that were merged. Their events are no longer in their order, so that only
   * the last one, the tick, has an id: who has seen that has seen all.
   *
   * @param after the event that they come after
   */
  Iterator<Buffer> merged(Frame frame, long after) {
    return shared(frame, "merged", after, () -> Event.ofMerged(frame));
  }

  /**
   * The bytes of what one subscriber alone is shown of a frame, or of merged ones: it has no more
   * than the last id in common with them.
   */
  Iterator<Buffer> own(Frame selected) {
    return own(Event.ofMerged(selected));
  }

  private Iterator<Buffer> own(List<Event> events) {
    EncodedEvents encoded = new EncodedEvents(events, this);
    encoded.forget();
    return encoded.pieces();
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

  private synchronized Iterator<Buffer> shared(
      Frame frame, String what, long after, Supplier<List<Event>> events) {
    EncodedEvents encoded =
        shared.computeIfAbsent(
            new Key(frame.number(), what, after), key -> new EncodedEvents(events.get(), this));
    makeRoom();
    return encoded.pieces();
  }

  /** The oldest goes where what is kept to be shared is too much. */
  synchronized void makeRoom() {
    long bytes = shared.values().stream().mapToLong(EncodedEvents::bytes).sum();
    Iterator<EncodedEvents> oldest = shared.values().iterator();
    while (shared.size() > SHARED_FRAMES || (bytes > SHARED_BYTES && shared.size() > 1)) {
      EncodedEvents events = oldest.next();
      bytes -= events.bytes();
      events.forget();
      oldest.remove();
    }
  }

  /** The bytes of these events. */
  Buffer encode(List<Event> events) {
    Buffer bytes = Buffer.buffer(events.size() * TYPICAL_BYTES);
    OutputStream out =
        new OutputStream() {
          @Override
          public void write(int b) {
            bytes.appendByte((byte) b);
          }

          @Override
          public void write(byte[] some, int offset, int length) {
            bytes.appendBytes(some, offset, length);
          }
        };
    try (JsonGenerator json = JSON.createGenerator(out)) {
      for (Event event : events) {
        write(json, event);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // of memory: can't be
    }
    return bytes;
  }

  private void write(JsonGenerator json, Event event) throws IOException {
    if (form == Form.SSE) {
      if (event.sequence() != Event.NO_ID) {
        json.writeRaw("id: " + run + "-" + event.sequence() + "\n");
      }
      json.writeRaw("event: " + event.name() + "\ndata: ");
      json.writeStartObject();
    } else {
      json.writeStartObject();
      json.writeStringField("event", event.name());
      if (event.sequence() != Event.NO_ID) {
        json.writeStringField("eventId", run + "-" + event.sequence());
      }
    }
    event.data().to(json);
    json.writeEndObject();
    json.writeRaw(form == Form.SSE ? "\n\n" : "\n");
  }
}
