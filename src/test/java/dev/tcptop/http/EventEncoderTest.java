package dev.tcptop.http;

import static dev.tcptop.model.ConnectionBuilder.tcp;
import static dev.tcptop.model.ConnectionBuilder.udp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tcptop.http.EventEncoder.Form;
import dev.tcptop.model.CloseReason;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Losses;
import dev.tcptop.model.Owner;
import dev.tcptop.model.Phase;
import dev.tcptop.model.PidSource;
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
          .brief(new Frame.Brief(FRESH, ENDED))
          .opened(FRESH)
          .updated(MOVED)
          .settled(IDLE)
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
    return joined(encoder.pieces(frame));
  }

  private static Buffer present(EventEncoder encoder, List<Connection> connections) {
    return joined(encoder.present(connections));
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
            "id: run-100\nevent: open\ndata: "
                + json(FRESH)
                + "\n\nid: run-101\nevent: close\ndata: "
                + json(ENDED)
                + "\n\nid: run-102\nevent: open\ndata: "
                + json(FRESH)
                + "\n\nid: run-103\nevent: update\ndata: "
                + json(MOVED)
                + "\n\nid: run-104\nevent: update\ndata: "
                + json(IDLE)
                + "\n\nid: run-105\nevent: close\ndata: "
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
        .containsExactly("open", "close", "open", "update", "update", "close", "tick");
    assertThat(lines.subList(0, 6))
        .extracting(line -> line.get("id").textValue())
        .containsExactly("1", "1", "1", "2", "3", "4");
  }

  @Test
  void anNdjsonLineIsTheSsesDataWithAnEventKey() throws IOException {
    String data = json(MOVED);

    assertThat(present(ndjson, List.of(MOVED)).toString())
        .isEqualTo("{\"event\":\"present\"," + data.substring(1) + "\n");
  }

  @Test
  void theTickCountsBriefConnectionsTwice() throws IOException {
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
  void presentConnectionsCarryNoId() throws IOException {
    assertThat(present(sse, List.of(MOVED, IDLE)).toString())
        .isEqualTo(
            "event: present\ndata: "
                + json(MOVED)
                + "\n\nevent: present\ndata: "
                + json(IDLE)
                + "\n\n");
  }

  @Test
  void nothingPresentIsNoBytes() {
    assertThat(present(sse, List.of()).length()).isZero();
    assertThat(present(ndjson, List.of()).length()).isZero();
  }

  @Test
  void aGapSaysHowMuchWasMissedAndCarriesNoId() {
    assertThat(sse.gap(12).toString()).isEqualTo("event: gap\ndata: {\"missed\":12}\n\n");
    assertThat(ndjson.gap(12).toString()).isEqualTo("{\"event\":\"gap\",\"missed\":12}\n");
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void aFramesBytesAreMadeOnceForAll(Form form) {
    EventEncoder encoder = new EventEncoder(form, "run");

    Buffer first = encoder.shared(FULL);

    assertThat(encoder.shared(FULL)).isSameAs(first);
    assertThat(first).isEqualTo(frame(encoder, FULL));
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "198, 1", "199, 1", "200, 2", "399, 2", "400, 3", "1000, 6"})
  void aPieceHoldsTwoHundredEvents(int connections, int pieces) {
    assertThat(pieces(sse.pieces(frameOf(connections)))).hasSize(pieces);
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void thePiecesAreTheWhole(Form form) {
    EventEncoder encoder = new EventEncoder(form, "run");
    Frame frame = frameOf(500);

    assertThat(frame(encoder, frame)).isEqualTo(encoder.shared(frame));
    assertThat(encoder.shared(frame).toString().lines().filter(line -> line.contains("\"id\"")))
        .hasSize(500);
  }

  @Test
  void afterTheLastPieceThereIsNone() {
    Iterator<Buffer> pieces = sse.pieces(frameOf(0));
    pieces.next();

    assertThat(pieces.hasNext()).isFalse();
    assertThatThrownBy(pieces::next).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void theNextFrameHasBytesOfItsOwn() {
    Frame next = FrameBuilder.after(FULL).build();
    sse.shared(FULL);

    assertThat(sse.shared(next)).isEqualTo(frame(sse, next)).isNotEqualTo(frame(sse, FULL));
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void aProcessNameCannotForgeAnEvent(Form form) {
    Owner forger = new Owner(1, "x\n\nevent: gap\r", PidSource.FD);
    EventEncoder encoder = new EventEncoder(form, "run");

    Buffer bytes = present(encoder, List.of(tcp(1).owner(forger).build()));

    assertThat(bytes.toString().lines())
        .hasSize(form == Form.SSE ? 3 : 1)
        .noneMatch(line -> line.startsWith("event: gap"));
  }

  @Test
  void mediaTypesAreTheContracts() {
    assertThat(sse.form().mediaType).isEqualTo("text/event-stream");
    assertThat(ndjson.form().mediaType).isEqualTo("application/x-ndjson");
  }
}
