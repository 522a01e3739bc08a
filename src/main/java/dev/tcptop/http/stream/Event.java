package dev.tcptop.http.stream;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tcptop.format.ConnectionJson;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Phase;
import dev.tcptop.publish.Replay;
import dev.tcptop.publish.Selection;
import dev.tcptop.publish.Snapshot;
import dev.tcptop.table.Frame;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

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

  /** The events of a frame, in their order, each with its id. */
  static List<Event> of(Frame frame) {
    List<Event> events = new ArrayList<>();
    frame.forEach(
        new Frame.Visitor() {
          @Override
          public void opened(long sequence, Connection connection) {
            events.add(event("opened", sequence, connection));
          }

          @Override
          public void updated(long sequence, Connection connection) {
            events.add(event("updated", sequence, connection));
          }

          @Override
          public void closed(long sequence, Connection connection) {
            events.add(event("closed", sequence, connection));
          }
        });
    events.add(new Event("tick", frame.lastSequence(), json -> tick(json, frame)));
    return events;
  }

  /** The events of a merged or filtered frame: only the last one, the tick, has an id. */
  static List<Event> ofMerged(Frame frame) {
    return onlyLastHasId(of(frame), frame);
  }

  /**
   * The beginning of a stream: for a client that comes back, the closes that it missed, or a gap;
   * then all connections that are let through, with which the selection begins anew.
   */
  static List<Event> ofPresent(
      Snapshot snapshot, LastEvent seen, Replay replay, Selection selection) {
    List<Event> events = new ArrayList<>();
    if (seen.any()) {
      addMissed(events, seen.sequence(), snapshot.frame().lastSequence(), replay, selection);
    }
    for (Connection connection : selection.begin(snapshot.connections())) {
      // A connection that has just closed is left out: no close would follow.
      if (connection.phase() != Phase.CLOSED) {
        events.add(event("present", NO_ID, connection));
      }
    }
    return onlyLastHasId(events, snapshot.frame());
  }

  private static void addMissed(
      List<Event> events, long after, long to, Replay replay, Selection selection) {
    List<Connection> closes = replay.closes(after, to);
    List<Connection> selected = closes == null ? List.of() : selection.closes(closes);
    selected.forEach(connection -> events.add(event("closed", NO_ID, connection)));
    if (closes == null || selected.size() < closes.size()) {
      // The filter may have let a connection through whose close it does not. How many events
      // a client missed through a filter is not known.
      boolean known = selection.isAll() && after >= 0 && after <= to;
      events.add(new Event("gap", NO_ID, json -> gap(json, known ? to - after : -1)));
    }
  }

  private static void gap(JsonGenerator json, long missed) throws IOException {
    if (missed < 0) {
      json.writeNullField("missed");
    } else {
      json.writeNumberField("missed", missed);
    }
  }

  private static List<Event> onlyLastHasId(List<Event> events, Frame frame) {
    events.replaceAll(event -> new Event(event.name, NO_ID, event.data));
    if (!events.isEmpty()) {
      Event last = events.remove(events.size() - 1);
      events.add(new Event(last.name, frame.lastSequence(), last.data));
    }
    return events;
  }

  private static Event event(String name, long sequence, Connection connection) {
    return new Event(name, sequence, json -> ConnectionJson.writeFields(json, connection));
  }

  private static void tick(JsonGenerator json, Frame frame) throws IOException {
    ConnectionJson.time(json, "time", frame.time());
    json.writeNumberField("total", frame.total());
    json.writeNumberField("opened", frame.openedEvents());
    json.writeNumberField("updated", frame.updatedEvents());
    json.writeNumberField("closed", frame.closedEvents());
    json.writeBooleanField("complete", frame.complete());
    ConnectionJson.lost(json, frame.lost());
  }
}
