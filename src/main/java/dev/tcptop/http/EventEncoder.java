package dev.tcptop.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Phase;
import dev.tcptop.publish.History;
import dev.tcptop.publish.Snapshot;
import dev.tcptop.table.Frame;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/** Turns frames into the bytes of the event stream, which subscribers share. Thread-safe. */
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

  private static final long NO_ID = -1;

  /** What is kept to be shared, in all; what is older is encoded for each subscriber. */
  private static final int SHARED_FRAMES = 8;

  private static final long SHARED_BYTES = 16 << 20;

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
    return shared(frame, "frame", frame.sequence() - 1, () -> events(frame));
  }

  /** The same for one subscriber alone: nothing is kept. */
  Iterator<Buffer> pieces(Frame frame) {
    EncodedEvents alone = new EncodedEvents(events(frame), this);
    alone.forget();
    return alone.pieces();
  }

  /**
   * The bytes of frames that were merged. Their events are no longer in their order, so that only
   * the last one, the tick, has an id: who has seen that has seen all.
   *
   * @param after the event that they come after
   */
  Iterator<Buffer> merged(Frame frame, long after) {
    return shared(frame, "merged", after, () -> onlyLastHasId(events(frame), frame));
  }

  /**
   * The bytes of all connections. Before them, for a client that comes back, the closes that it
   * missed, or a gap. Only the last event has an id.
   */
  Iterator<Buffer> present(Snapshot snapshot, LastEvent seen, History history) {
    return shared(
        snapshot.frame(),
        seen.any() ? "back" : "present",
        seen.sequence(),
        () -> {
          List<Event> events = new ArrayList<>();
          if (seen.any()) {
            addMissed(events, seen.sequence(), snapshot.frame().lastSequence(), history);
          }
          for (Connection connection : snapshot.connections()) {
            // What has just closed is no news any more, and no close would follow.
            if (connection.phase() != Phase.CLOSED) {
              events.add(event("present", NO_ID, connection));
            }
          }
          return onlyLastHasId(events, snapshot.frame());
        });
  }

  private static void addMissed(List<Event> events, long after, long to, History history) {
    List<Connection> closes = history.closes(after, to);
    if (closes != null) {
      closes.forEach(connection -> events.add(event("close", NO_ID, connection)));
    } else {
      boolean known = after >= 0 && after <= to;
      events.add(
          new Event(
              "gap",
              NO_ID,
              json -> {
                if (known) {
                  json.writeNumberField("missed", to - after);
                } else {
                  json.writeNullField("missed");
                }
              }));
    }
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

  /**
   * One event.
   *
   * @param sequence {@link #NO_ID}: it has none
   * @param data writes its fields
   */
  record Event(String name, long sequence, Writing data) {}

  /** Writes the fields of an event. */
  interface Writing {
    void to(JsonGenerator json) throws IOException;
  }

  private static List<Event> events(Frame frame) {
    List<Event> events = new ArrayList<>();
    for (Frame.Brief brief : frame.brief()) {
      add(events, frame, "open", brief.open());
      add(events, frame, "close", brief.close());
    }
    frame.opened().forEach(connection -> add(events, frame, "open", connection));
    frame.updated().forEach(connection -> add(events, frame, "update", connection));
    frame.settled().forEach(connection -> add(events, frame, "update", connection));
    frame.closed().forEach(connection -> add(events, frame, "close", connection));
    events.add(new Event("tick", frame.lastSequence(), json -> tick(json, frame)));
    return events;
  }

  private static List<Event> onlyLastHasId(List<Event> events, Frame frame) {
    events.replaceAll(event -> new Event(event.name, NO_ID, event.data));
    if (!events.isEmpty()) {
      Event last = events.remove(events.size() - 1);
      events.add(new Event(last.name, frame.lastSequence(), last.data));
    }
    return events;
  }

  private static void add(List<Event> events, Frame frame, String name, Connection connection) {
    events.add(event(name, frame.sequence() + events.size(), connection));
  }

  private static Event event(String name, long sequence, Connection connection) {
    return new Event(name, sequence, json -> ConnectionJson.writeFields(json, connection));
  }

  private static void tick(JsonGenerator json, Frame frame) throws IOException {
    int brief = frame.brief().size();
    ConnectionJson.time(json, "time", frame.time());
    json.writeNumberField("total", frame.total());
    json.writeNumberField("opened", frame.opened().size() + brief);
    json.writeNumberField("updated", frame.updated().size() + frame.settled().size());
    json.writeNumberField("closed", frame.closed().size() + brief);
    json.writeBooleanField("complete", frame.complete());
    ConnectionJson.lost(json, frame.lost());
  }

  /** The bytes of these events. */
  Buffer encode(List<Event> events) {
    try (ByteArrayBuilder bytes = new ByteArrayBuilder();
        JsonGenerator json = JSON.createGenerator(bytes)) {
      for (Event event : events) {
        write(json, event);
      }
      json.flush();
      return Buffer.buffer(bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // of memory: can't be
    }
  }

  private void write(JsonGenerator json, Event event) throws IOException {
    if (form == Form.SSE) {
      if (event.sequence != NO_ID) {
        json.writeRaw("id: " + run + "-" + event.sequence + "\n");
      }
      json.writeRaw("event: " + event.name + "\ndata: ");
      json.writeStartObject();
    } else {
      json.writeStartObject();
      json.writeStringField("event", event.name);
      if (event.sequence != NO_ID) {
        json.writeStringField("eventId", run + "-" + event.sequence);
      }
    }
    event.data.to(json);
    json.writeEndObject();
    json.writeRaw(form == Form.SSE ? "\n\n" : "\n");
  }
}
