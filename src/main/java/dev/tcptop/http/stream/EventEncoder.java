package dev.tcptop.http.stream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tcptop.format.SafeJson;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Turns events into the bytes of the stream. Has no state; thread-safe. */
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

  /** An event seldom exceeds this; where many do, the buffer grows. */
  private static final int TYPICAL_BYTES = 800;

  // One value follows another on its own line: nothing between them.
  private static final JsonFactory JSON =
      SafeJson.builder().rootValueSeparator((String) null).build();

  private final Form form;
  private final String run;

  /**
   * @param run the beginning of event ids, which differs from one start of tcptop to the next
   */
  EventEncoder(Form form, String run) {
    this.form = form;
    this.run = run;
  }

  Form form() {
    return form;
  }

  /**
   * The bytes before all events: how long a client waits before it comes back. The times differ, so
   * that clients do not come back all at once.
   */
  Buffer preamble() {
    return Buffer.buffer(
        form == Form.SSE
            ? "retry: " + ThreadLocalRandom.current().nextInt(1_000, 3_000) + "\n\n"
            : "");
  }

  /** The bytes that say that the connection is alive. */
  Buffer heartbeat() {
    return Buffer.buffer(form == Form.SSE ? ":\n\n" : "{\"event\":\"heartbeat\"}\n");
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
      throw new UncheckedIOException(e); // cannot happen in memory
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
