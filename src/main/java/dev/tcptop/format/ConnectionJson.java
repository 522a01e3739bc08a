package dev.tcptop.format;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Losses;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The JSON of the interface: flat, every key always there, null where it does not apply. */
public final class ConnectionJson {
  private ConnectionJson() {}

  /** Writes a connection as an object. */
  public static void write(JsonGenerator json, Connection connection) throws IOException {
    json.writeStartObject();
    writeFields(json, connection);
    json.writeEndObject();
  }

  /** Writes the fields of a connection into the object that is open. */
  public static void writeFields(JsonGenerator json, Connection connection) throws IOException {
    ConnectionFields.walk(connection, new Members(json));
  }

  /** Writes an object of the losses by cause. */
  public static void lost(JsonGenerator json, Losses lost) throws IOException {
    json.writeObjectFieldStart("lost");
    json.writeNumberField("closes", lost.closes());
    json.writeNumberField("sockets", lost.sockets());
    json.writeNumberField("flows", lost.flows());
    json.writeNumberField("datagrams", lost.datagrams());
    json.writeNumberField("events", lost.events());
    json.writeEndObject();
  }

  /** Writes a time as RFC 3339 in UTC. */
  public static void time(JsonGenerator json, String key, @Nullable Instant time)
      throws IOException {
    json.writeStringField(key, time == null ? null : time.toString());
  }

  /** Writes each field as a member of the object that is open. */
  private record Members(JsonGenerator json) implements FieldSink {
    @Override
    public void text(String key, @Nullable String value) throws IOException {
      json.writeStringField(key, value);
    }

    @Override
    public void number(String key, long value) throws IOException {
      json.writeNumberField(key, value);
    }

    @Override
    public void noNumber(String key) throws IOException {
      json.writeNullField(key);
    }

    @Override
    public void truth(String key, boolean value) throws IOException {
      json.writeBooleanField(key, value);
    }
  }
}
