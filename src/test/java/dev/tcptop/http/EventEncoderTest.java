package dev.tcptop.http;

import static dev.tcptop.model.ConnectionBuilder.tcp;
import static dev.tcptop.model.ConnectionBuilder.udp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tcptop.format.ConnectionJson;
import dev.tcptop.http.EventEncoder.Form;
import dev.tcptop.model.CloseReason;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Losses;
import dev.tcptop.model.Owner;
import dev.tcptop.model.Phase;
import dev.tcptop.model.PidSource;
import dev.tcptop.publish.Replay;
import dev.tcptop.publish.Selection;
import dev.tcptop.publish.Snapshot;
import dev.tcptop.query.Filter;
import dev.tcptop.table.Frame;
import dev.tcptop.table.FrameBuilder;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EventEncoderTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static final Connection FRESH = tcp(1).phase(Phase.NEW).build();
  private static final Connection ENDED = tcp(1).closed(CloseReason.NORMAL).build();
  private static final Connection MOVED = tcp(2).build();
  private static final Connection IDLE = udp(3).build();
  private static final Connection CLOSED = udp(4).closed(null).build();

  private static final String TICK =
      "{\"time\":\"2025-03-04T05:06:08Z\",\"total\":0,\"opened\":0,\"updated\":0,\"closed\":0,"
          + "\"complete\":true,"
          + "\"lost\":{\"closes\":0,\"sockets\":0,\"flows\":0,\"datagrams\":0,\"events\":0}}";

  /** One of each kind, from sequence number 100. */
  private static final Frame FULL =
      FrameBuilder.frame(1, 100)
          .total(5)
          .shortLived(new Frame.ShortLived(FRESH, ENDED))
          .opened(FRESH)
          .updated(MOVED)
          .quieted(IDLE)
          .closed(CLOSED)
          .lost(new Losses(0, 0, 7, 0, 0))
          .build();

  private final EventEncoder sse = new EventEncoder(Form.SSE, "run");
  private final EventEncoder ndjson = new EventEncoder(Form.NDJSON, "run");

  private static String json(Connection connection) throws IOException {
    StringWriter text = new StringWriter();
    try (var json = MAPPER.createGenerator(text)) {
      ConnectionJson.write(json, connection);
    }
    return text.toString();
  }

  private static List<JsonNode> lines(Buffer bytes) throws IOException {
    String text = bytes.toString();
    assertThat(text).endsWith("\n");
    List<JsonNode> lines = new ArrayList<>();
    for (String line : text.lines().toList()) {
      lines.add(MAPPER.readTree(line));
    }
    return lines;
  }

  private static List<Buffer> pieces(Iterator<Buffer> pieces) {
    List<Buffer> all = new ArrayList<>();
    pieces.forEachRemaining(all::add);
    return all;
  }

  private static Buffer joined(Iterator<Buffer> pieces) {
    Buffer all = Buffer.buffer();
    pieces.forEachRemaining(all::appendBuffer);
    return all;
  }

  private static Buffer frame(EventEncoder encoder, Frame frame) {
    return joined(encoder.frame(frame));
  }

  private static Buffer present(EventEncoder encoder, Connection... connections) {
    return back(encoder, LastEvent.NONE, connections);
  }

  /** What one gets that comes back at the frame {@link #FULL}, after it. */
  private static Buffer back(EventEncoder encoder, LastEvent seen, Connection... connections) {
    Replay replay = new Replay(3, 0);
    replay.add(FULL);
    Snapshot snapshot = new Snapshot(FULL, List.of(connections), Losses.NONE);
    return joined(encoder.present(snapshot, seen, replay, new Selection(Filter.ALL)));
  }

  /** A frame with this many connections, each opened. */
  private static Frame frameOf(int connections) {
    return FrameBuilder.frame(1, 100)
        .opened(
            LongStream.range(0, connections)
                .mapToObj(id -> tcp(id).build())
                .toArray(Connection[]::new))
        .build();
  }

  @Test
  void anSseEventIsAnIdAnEventADataLineAndABlankOne() {
    assertThat(frame(sse, FrameBuilder.frame(1, 42).build()).toString())
        .isEqualTo("id: run-42\nevent: tick\ndata: " + TICK + "\n\n");
  }

  @Test
  void anSseFrameHoldsItsEventsInOrderWithRisingIds() throws IOException {
    assertThat(frame(sse, FULL).toString())
        .isEqualTo(
            "id: run-100\nevent: opened\ndata: "
                + json(FRESH)
                + "\n\nid: run-101\nevent: closed\ndata: "
                + json(ENDED)
                + "\n\nid: run-102\nevent: opened\ndata: "
                + json(FRESH)
                + "\n\nid: run-103\nevent: updated\ndata: "
                + json(MOVED)
                + "\n\nid: run-104\nevent: updated\ndata: "
                + json(IDLE)
                + "\n\nid: run-105\nevent: closed\ndata: "
                + json(CLOSED)
                + "\n\nid: run-106\nevent: tick\ndata: "
                + "{\"time\":\"2025-03-04T05:06:08Z\",\"total\":5,"
                + "\"opened\":2,\"updated\":2,\"closed\":2,\"complete\":false,"
                + "\"lost\":{\"closes\":0,\"sockets\":0,\"flows\":7,\"datagrams\":0,\"events\":0}}"
                + "\n\n");
  }

  @Test
  void theTicksIdIsTheFramesLastSequenceNumber() {
    assertThat(frame(sse, FULL).toString())
        .contains("id: run-" + FULL.lastSequence() + "\nevent: tick\n");
  }

  @Test
  void anNdjsonFrameIsALineAnEvent() throws IOException {
    List<JsonNode> lines = lines(frame(ndjson, FULL));

    assertThat(lines)
        .extracting(line -> line.get("event").textValue())
        .containsExactly("opened", "closed", "opened", "updated", "updated", "closed", "tick");
    assertThat(lines.subList(0, 6))
        .extracting(line -> line.get("id").textValue())
        .containsExactly("1", "1", "1", "2", "3", "4");
    assertThat(lines)
        .extracting(line -> line.get("eventId").textValue())
        .containsExactly(
            "run-100", "run-101", "run-102", "run-103", "run-104", "run-105", "run-106");
  }

  @Test
  void anNdjsonLineIsTheSsesDataWithAnEventKey() throws IOException {
    String data = json(MOVED);

    assertThat(present(ndjson, MOVED).toString())
        .isEqualTo("{\"event\":\"present\",\"eventId\":\"run-106\"," + data.substring(1) + "\n");
  }

  @Test
  void theTickCountsShortLivedConnectionsTwice() throws IOException {
    List<JsonNode> lines = lines(frame(ndjson, FULL));
    JsonNode tick = lines.get(lines.size() - 1);

    assertThat(tick.get("opened").intValue()).isEqualTo(2);
    assertThat(tick.get("updated").intValue()).isEqualTo(2);
    assertThat(tick.get("closed").intValue()).isEqualTo(2);
    assertThat(tick.get("total").intValue()).isEqualTo(5);
  }

  @Test
  void theTickSaysWhatWasLost() throws IOException {
    JsonNode tick =
        lines(frame(ndjson, FrameBuilder.frame(1, 1).lost(new Losses(1, 0, 0, 0, 0)).build()))
            .get(0);

    assertThat(tick.get("complete").booleanValue()).isFalse();
    assertThat(tick.get("lost").get("closes").intValue()).isEqualTo(1);
  }

  @Test
  void ofPresentConnectionsTheLastCarriesTheId() throws IOException {
    assertThat(present(sse, MOVED, IDLE).toString())
        .isEqualTo(
            "event: present\ndata: "
                + json(MOVED)
                + "\n\nid: run-106\nevent: present\ndata: "
                + json(IDLE)
                + "\n\n");
  }

  @Test
  void ofMergedEventsTheTickAloneCarriesAnId() {
    assertThat(joined(sse.merged(FULL, 20)).toString().lines().filter(l -> l.startsWith("id: ")))
        .containsExactly("id: run-106");
  }

  @Test
  void whatHasJustClosedIsNotPresent() {
    assertThat(present(sse, CLOSED).length()).isZero();
  }

  @Test
  void nothingPresentIsNoBytes() {
    assertThat(present(sse).length()).isZero();
    assertThat(present(ndjson).length()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "99, 1 4",
    "100, 1 4",
    "101, 4",
    "104, 4",
    "105, ''",
    "106, ''",
  })
  void whoComesBackGetsTheClosesAfterItsLastEvent(long seen, String closed) throws IOException {
    List<JsonNode> lines = lines(back(ndjson, LastEvent.after(seen), MOVED));

    assertThat(lines)
        .filteredOn(line -> line.get("event").textValue().equals("closed"))
        .extracting(line -> line.get("id").textValue())
        .containsExactly(closed.isEmpty() ? new String[0] : closed.split(" ", -1));
    assertThat(lines.get(lines.size() - 1).get("event").textValue()).isEqualTo("present");
    assertThat(lines.get(lines.size() - 1).get("eventId").textValue()).isEqualTo("run-106");
  }

  @Test
  void whoWasAwayTooLongGetsAGapThatSaysHowMuchItMissed() {
    Replay replay = new Replay(1, 0);
    replay.add(FULL);
    Snapshot snapshot = new Snapshot(FULL, List.of(), Losses.NONE);

    assertThat(
            joined(sse.present(snapshot, LastEvent.after(100), replay, new Selection(Filter.ALL)))
                .toString())
        .isEqualTo("id: run-106\nevent: gap\ndata: {\"missed\":6}\n\n");
    assertThat(
            joined(
                    ndjson.present(
                        snapshot, LastEvent.after(100), replay, new Selection(Filter.ALL)))
                .toString())
        .isEqualTo("{\"event\":\"gap\",\"eventId\":\"run-106\",\"missed\":6}\n");
  }

  @Test
  void whoNamesNoEventOfThisRunGetsAGapOfUnknownSize() throws IOException {
    for (LastEvent seen : List.of(LastEvent.UNKNOWN, LastEvent.after(107))) {
      assertThat(back(sse, seen, MOVED).toString())
          .isEqualTo(
              "event: gap\ndata: {\"missed\":null}\n\nid: run-106\nevent: present\ndata: "
                  + json(MOVED)
                  + "\n\n");
    }
  }

  @Test
  void aStreamBeginsWithWhenToComeBack() {
    assertThat(sse.preamble().toString()).matches("retry: [12]\\d{3}\n\n");
    assertThat(ndjson.preamble().length()).isZero();
  }

  @Test
  void aHeartbeatIsACommentOrALine() throws IOException {
    assertThat(sse.heartbeat().toString()).isEqualTo(":\n\n");
    assertThat(lines(ndjson.heartbeat()).get(0).get("event").textValue()).isEqualTo("heartbeat");
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void theNewestFramesBytesAreMadeOnceForAll(Form form) {
    EventEncoder encoder = new EventEncoder(form, "run");

    Buffer first = encoder.frame(FULL).next();

    assertThat(encoder.frame(FULL).next()).isSameAs(first);
    assertThat(encoder.merged(FULL, 20).next()).isNotSameAs(first);
    assertThat(encoder.merged(FULL, 20).next()).isSameAs(encoder.merged(FULL, 20).next());
  }

  @Test
  void ofNineFramesTheOldestIsNotKept() {
    Frame frame = frameOf(250);
    Iterator<Buffer> slow = sse.frame(frame);
    Buffer first = slow.next();
    Buffer second = sse.frame(frame).next();
    assertThat(second).isSameAs(first);

    Iterator<Buffer> late = sse.frame(frame);
    Frame newer = frame;
    for (int i = 0; i < 8; i++) {
      newer = FrameBuilder.after(newer).build();
      sse.frame(newer);
    }

    assertThat(late.next()).isEqualTo(first).isNotSameAs(first);
    assertThat(pieces(slow)).hasSize(2);
    assertThat(pieces(sse.frame(frame))).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "98, 1", "99, 1", "100, 2", "199, 2", "200, 3", "1000, 11"})
  void aPieceHoldsAHundredEvents(int connections, int pieces) {
    assertThat(pieces(sse.frame(frameOf(connections)))).hasSize(pieces);
  }

  @Test
  void afterTheLastPieceThereIsNone() {
    Iterator<Buffer> pieces = sse.frame(frameOf(0));
    pieces.next();

    assertThat(pieces.hasNext()).isFalse();
    assertThatThrownBy(pieces::next).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void theNextFrameHasBytesOfItsOwn() {
    Frame next = FrameBuilder.after(FULL).build();
    Buffer before = frame(sse, FULL);

    assertThat(frame(sse, next)).isNotEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void aProcessNameCannotForgeAnEvent(Form form) {
    Owner forger = new Owner(1, "x\n\nevent: gap\r", PidSource.FD);
    EventEncoder encoder = new EventEncoder(form, "run");

    Buffer bytes = present(encoder, tcp(1).owner(forger).build());

    assertThat(bytes.toString().lines())
        .hasSize(form == Form.SSE ? 4 : 1)
        .noneMatch(line -> line.startsWith("event: gap"));
  }

  @Test
  void mediaTypesAreTheContracts() {
    assertThat(sse.form().mediaType).isEqualTo("text/event-stream");
    assertThat(ndjson.form().mediaType).isEqualTo("application/x-ndjson");
  }
}
