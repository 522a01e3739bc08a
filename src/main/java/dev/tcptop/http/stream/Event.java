package dev.tcptop.http.stream;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tcptop.format.ConnectionJson;
import dev.tcptop.model.Connection;
import dev.tcptop.table.Frame;
import java.io.IOException;

/**
 * An event of the stream before it is encoded.
 *
 * @param sequence the sequence number for its id; {@link #NO_ID}: it has none
 * @param data the writer of its fields
 */
record Event(String name, long sequence, Writing data) {
  static final long NO_ID = -1;

  /** Writes the fields of an event. */
  interface Writing {
    void to(JsonGenerator json) throws IOException;
  }

  /** A connection's event. */
  static Event of(String name, long sequence, Connection connection) {
    return new Event(name, sequence, json -> ConnectionJson.writeFields(json, connection));
  }

  /**
   * Events were missed.
   *
   * @param missed how many; negative: that is not known
   */
  static Event gap(long missed) {
    return new Event(
        "gap",
        NO_ID,
        json -> {
          if (missed < 0) {
            json.writeNullField("missed");
          } else {
            json.writeNumberField("missed", missed);
          }
        });
  }

  /** The tick at the end of a frame, with the numbers of the events that came before it. */
  static Event tick(Frame frame, int opened, int updated, int closed) {
    return new Event(
        "tick",
        frame.lastSequence(),
        json -> {
          ConnectionJson.time(json, "time", frame.time());
          json.writeNumberField("total", frame.total());
          json.writeNumberField("opened", opened);
          json.writeNumberField("updated", updated);
          json.writeNumberField("closed", closed);
          json.writeBooleanField("complete", frame.complete());
          ConnectionJson.lost(json, frame.lost());
        });
  }

  /** The same event with this sequence number. */
  Event withId(long number) {
    return new Event(name, number, data);
  }
}
