package dev.tcptop.http.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tcptop.format.ConnectionJson;
import dev.tcptop.format.SafeJson;
import dev.tcptop.model.Connection;
import dev.tcptop.publish.Snapshot;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The JSON of a snapshot, encoded a piece at a time. Used by one thread. */
final class SnapshotBody {
  /** Connections in a piece, some 20 KB. */
  private static final int PIECE = 32;

  private static final int TYPICAL_BYTES = 800;
  private static final JsonFactory JSON = SafeJson.builder().build();

  private final String node;
  private final long intervalMillis;
  private final Snapshot snapshot;
  private final int shown;
  private final Iterator<Connection> rest;
  private @Nullable JsonGenerator json;
  private Buffer piece = Buffer.buffer();
  private boolean ended;

  /**
   * @param shown the rows of the answer
   */
  SnapshotBody(String node, long intervalMillis, Snapshot snapshot, List<Connection> shown) {
    this.node = node;
    this.intervalMillis = intervalMillis;
    this.snapshot = snapshot;
    this.shown = shown.size();
    rest = shown.iterator();
  }

  private final class Pieces extends OutputStream {
    @Override
    public void write(int b) {
      piece.appendByte((byte) b);
    }

    @Override
    public void write(byte[] some, int offset, int length) {
      piece.appendBytes(some, offset, length);
    }
  }

  /** Whether all pieces are taken. */
  boolean isEnded() {
    return ended;
  }

  /** The next piece. */
  Buffer next() {
    piece = Buffer.buffer(PIECE * TYPICAL_BYTES);
    try {
      JsonGenerator generator = json;
      if (generator == null) {
        generator = JSON.createGenerator(new Pieces());
        json = generator;
        begin(generator);
      }
      for (int i = 0; i < PIECE && rest.hasNext(); i++) {
        ConnectionJson.write(generator, rest.next());
      }
      if (rest.hasNext()) {
        generator.flush();
      } else {
        generator.writeEndArray();
        generator.writeEndObject();
        generator.close();
        ended = true;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // cannot happen in memory
    }
    return piece;
  }

  private void begin(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("node", node);
    ConnectionJson.time(json, "time", snapshot.frame().time());
    json.writeNumberField("intervalMillis", intervalMillis);
    json.writeBooleanField("complete", snapshot.frame().complete());
    ConnectionJson.lost(json, snapshot.lost());
    json.writeNumberField("total", snapshot.connections().size());
    json.writeNumberField("shown", shown);
    json.writeArrayFieldStart("connections");
  }
}
