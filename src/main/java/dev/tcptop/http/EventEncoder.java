package dev.tcptop.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import dev.tcptop.model.Connection;
import dev.tcptop.table.Frame;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Turns frames into the bytes of the event stream. The last frame's bytes are kept: all subscribers
 * share them.
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

  /** Events in a piece: some 150 KB. */
  private static final int PIECE = 200;

  // One value follows another on its own line: nothing between them.
  private static final JsonFactory JSON = new JsonFactory().setRootValueSeparator(null);

  private final Form form;
  private final String run;
  private long shared;
  private Buffer sharedBytes = Buffer.buffer();

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

  /** The bytes of the newest frame in one piece; made once, however many ask. */
  synchronized Buffer shared(Frame frame) {
    if (shared != frame.number()) {
      sharedBytes = encode(json -> write(json, events(frame)));
      shared = frame.number();
    }
    return sharedBytes;
  }

  /** The bytes of a frame of any size, each piece made when it is asked for. */
  Iterator<Buffer> pieces(Frame frame) {
    return pieces(events(frame));
  }

  /**
   * The bytes of frames that a backlog merged or a filter thinned out. Their events are no longer
   * numbered in their order, so that only the last one, the tick, has an id: who has seen that has
   * seen all.
   */
  Iterator<Buffer> merged(Frame frame) {
    List<Event> events = events(frame);
    events.replaceAll(
        event ->
            event.sequence == frame.lastSequence() ? event : new Event(event.name, -1, event.data));
    return pieces(events);
  }

  /** The bytes of connections that already existed. They carry no id: only a frame moves it on. */
  Iterator<Buffer> present(List<Connection> connections) {
    List<Event> events = new ArrayList<>(connections.size());
    for (Connection connection : connections) {
      events.add(new Event("present", -1, json -> ConnectionJson.writeFields(json, connection)));
    }
    return pieces(events);
  }

  /** The bytes of a gap. */
  Buffer gap(long missed) {
    Event gap = new Event("gap", -1, json -> json.writeNumberField("missed", missed));
    return encode(json -> write(json, List.of(gap)));
  }

  /**
   * One event.
   *
   * @param sequence -1: it has no id
   * @param data writes its fields
   */
  private record Event(String name, long sequence, Writing data) {}

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

  private static void add(List<Event> events, Frame frame, String name, Connection connection) {
    long sequence = frame.sequence() + events.size();
    events.add(new Event(name, sequence, json -> ConnectionJson.writeFields(json, connection)));
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

  private Iterator<Buffer> pieces(List<Event> events) {
    return new Iterator<>() {
      private int next;

      @Override
      public boolean hasNext() {
        return next < events.size();
      }

      @Override
      public Buffer next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        int end = Math.min(next + PIECE, events.size());
        List<Event> piece = events.subList(next, end);
        next = end;
        return encode(json -> write(json, piece));
      }
    };
  }

  private void write(JsonGenerator json, List<Event> events) throws IOException {
    for (Event event : events) {
      if (form == Form.SSE) {
        if (event.sequence >= 0) {
          json.writeRaw("id: " + run + "-" + event.sequence + "\n");
        }
        json.writeRaw("event: " + event.name + "\ndata: ");
        json.writeStartObject();
      } else {
        json.writeStartObject();
        json.writeStringField("event", event.name);
      }
      event.data.to(json);
      json.writeEndObject();
      json.writeRaw(form == Form.SSE ? "\n\n" : "\n");
    }
  }

  private interface Writing {
    void to(JsonGenerator json) throws IOException;
  }

  private static Buffer encode(Writing writing) {
    try (ByteArrayBuilder bytes = new ByteArrayBuilder();
        JsonGenerator json = JSON.createGenerator(bytes)) {
      writing.to(json);
      json.flush();
      return Buffer.buffer(bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // of memory: can't be
    }
  }
}
