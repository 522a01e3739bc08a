package dev.tcptop.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import dev.tcptop.model.Connection;
import dev.tcptop.table.Frame;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

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

  /** The bytes of the newest frame; made once, however many ask. */
  synchronized Buffer shared(Frame frame) {
    if (shared != frame.number()) {
      sharedBytes = frame(frame);
      shared = frame.number();
    }
    return sharedBytes;
  }

  /** The bytes of any frame. */
  Buffer frame(Frame frame) {
    return encode(
        json -> {
          long sequence = frame.sequence();
          for (Frame.Brief brief : frame.brief()) {
            connection(json, "open", sequence++, brief.open());
            connection(json, "close", sequence++, brief.close());
          }
          for (Connection connection : frame.opened()) {
            connection(json, "open", sequence++, connection);
          }
          for (Connection connection : frame.updated()) {
            connection(json, "update", sequence++, connection);
          }
          for (Connection connection : frame.settled()) {
            connection(json, "update", sequence++, connection);
          }
          for (Connection connection : frame.closed()) {
            connection(json, "close", sequence++, connection);
          }
          tick(json, sequence, frame);
        });
  }

  /** The bytes of connections that already existed. They carry no id: only a frame moves it on. */
  Buffer present(List<Connection> connections) {
    return encode(
        json -> {
          for (Connection connection : connections) {
            connection(json, "present", -1, connection);
          }
        });
  }

  /** The bytes of a gap. */
  Buffer gap(long missed) {
    return encode(
        json -> {
          begin(json, "gap", -1);
          json.writeNumberField("missed", missed);
          end(json);
        });
  }

  private void connection(JsonGenerator json, String event, long sequence, Connection connection)
      throws IOException {
    begin(json, event, sequence);
    ConnectionJson.writeFields(json, connection);
    end(json);
  }

  private void tick(JsonGenerator json, long sequence, Frame frame) throws IOException {
    int brief = frame.brief().size();
    begin(json, "tick", sequence);
    ConnectionJson.time(json, "time", frame.time());
    json.writeNumberField("total", frame.total());
    json.writeNumberField("opened", frame.opened().size() + brief);
    json.writeNumberField("updated", frame.updated().size() + frame.settled().size());
    json.writeNumberField("closed", frame.closed().size() + brief);
    json.writeBooleanField("complete", frame.complete());
    ConnectionJson.lost(json, frame.lost());
    end(json);
  }

  private void begin(JsonGenerator json, String event, long sequence) throws IOException {
    if (form == Form.SSE) {
      if (sequence >= 0) {
        json.writeRaw("id: " + run + "-" + sequence + "\n");
      }
      json.writeRaw("event: " + event + "\ndata: ");
      json.writeStartObject();
    } else {
      json.writeStartObject();
      json.writeStringField("event", event);
    }
  }

  private void end(JsonGenerator json) throws IOException {
    json.writeEndObject();
    json.writeRaw(form == Form.SSE ? "\n\n" : "\n");
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
