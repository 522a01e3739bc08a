package dev.tcptop.http.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tcptop.http.stream.EventEncoder.Form;
import dev.tcptop.model.CloseReason;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Connection.Traffic;
import dev.tcptop.model.ConnectionBuilder;
import dev.tcptop.model.Losses;
import dev.tcptop.publish.Replay;
import dev.tcptop.publish.Selection;
import dev.tcptop.publish.Snapshot;
import dev.tcptop.query.Filter;
import dev.tcptop.table.Frame;
import dev.tcptop.table.FrameBuilder;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is written for {@code bytesIn > 1000}. */
class FilteredEventsTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final SharedEvents events = new SharedEvents(new EventEncoder(Form.NDJSON, "run"));
  private final Selection selection = new Selection(Filter.parse("bytesIn > 1000"));
  private final Replay replay = new Replay(10, 100);

  private static ConnectionBuilder quiet(long id) {
    return ConnectionBuilder.tcp(id).traffic(new Traffic(5, 0, 0, 0, 0, 0));
  }

  private static ConnectionBuilder loud(long id) {
    return ConnectionBuilder.tcp(id).traffic(new Traffic(5000, 0, 0, 0, 0, 0));
  }

  private static Connection closed(ConnectionBuilder connection) {
    return connection.closed(CloseReason.NORMAL).build();
  }

  private Frame add(FrameBuilder builder) {
    Frame frame = builder.build();
    replay.add(frame);
    return frame;
  }

  /** The names, ids of connections and ids of events. */
  private static List<String> told(Iterator<Buffer> pieces) throws IOException {
    Buffer all = Buffer.buffer();
    pieces.forEachRemaining(all::appendBuffer);
    List<String> told = new ArrayList<>();
    for (String line : all.toString().lines().toList()) {
      JsonNode event = MAPPER.readTree(line);
      String subject = event.path(event.has("missed") ? "missed" : "id").asText();
      told.add((event.path("event").asText() + " " + subject).strip() + idOf(event));
    }
    return told;
  }

  private static String idOf(JsonNode event) {
    return event.has("eventId") ? " " + event.path("eventId").asText() : "";
  }

  private List<String> back(LastEvent seen, Frame frame, Connection... connections)
      throws IOException {
    Snapshot snapshot = new Snapshot(frame, List.of(connections), Losses.NONE);
    return told(events.present(snapshot, seen, replay, selection));
  }

  @Test
  void whoIsNewGetsWhatIsLetThrough() throws IOException {
    Frame frame = add(FrameBuilder.frame(1, 1));

    assertThat(back(LastEvent.NONE, frame, quiet(1).build(), loud(2).build(), loud(3).build()))
        .containsExactly("present 2", "present 3 run-1");
  }

  @Test
  void whoComesBackGetsTheClosesThatAreLetThrough() throws IOException {
    Frame frame = add(FrameBuilder.frame(1, 1).closed(closed(loud(1)), closed(loud(2))));

    assertThat(back(LastEvent.after(1), frame, loud(3).build()))
        .containsExactly("closed 2", "present 3 run-3");
  }

  /** It may have been let through once, when the client was there. */
  @Test
  void aCloseThatIsNotLetThroughIsAGapOfUnknownSize() throws IOException {
    Frame frame = add(FrameBuilder.frame(1, 1).closed(closed(loud(1)), closed(quiet(2))));

    assertThat(back(LastEvent.after(0), frame, loud(3).build(), quiet(4).build()))
        .containsExactly("closed 1", "gap null", "present 3 run-3");
  }

  @Test
  void whoWasAwayTooLongGetsAGapOfUnknownSize() throws IOException {
    for (long id = 1; id <= 11; id++) {
      Frame frame = FrameBuilder.frame(id, 2 * id - 1).closed(closed(loud(id))).build();
      replay.add(frame);
    }
    Frame last = add(FrameBuilder.frame(12, 23));

    assertThat(back(LastEvent.after(0), last)).containsExactly("gap null run-23");
  }

  /** Its client reads slowly, so that the selection is that of what it got. */
  @Test
  void theCloseOfWhatWasShownIsLetThroughThoughItNoLongerMatches() throws IOException {
    Frame first = add(FrameBuilder.frame(1, 1).opened(loud(1).build()));
    selection.next(first);
    Frame second = add(FrameBuilder.after(first).closed(closed(quiet(1))));

    assertThat(back(LastEvent.after(2), second)).containsExactly("closed 1 run-4");
  }

  @Test
  void ofAFrameTheTickAloneCarriesAnId() throws IOException {
    Frame frame =
        FrameBuilder.frame(1, 1)
            .opened(loud(1).build(), quiet(2).build())
            .closed(closed(loud(3)))
            .build();

    assertThat(told(events.frame(frame, selection)))
        .containsExactly("opened 1", "closed 3", "tick run-4");
  }

  /** Others have the same frame number, and another filter. */
  @Test
  void whatOneSubscriberIsShownIsNotShared() throws IOException {
    Frame frame = FrameBuilder.frame(1, 1).opened(loud(1).build(), quiet(2).build()).build();

    assertThat(told(events.frame(frame, selection))).containsExactly("opened 1", "tick run-3");
    assertThat(told(events.frame(frame, new Selection(Filter.ALL))))
        .containsExactly("opened 1 run-1", "opened 2 run-2", "tick run-3");
    assertThat(told(events.frame(frame, selection))).containsExactly("opened 1", "tick run-3");
  }
}
