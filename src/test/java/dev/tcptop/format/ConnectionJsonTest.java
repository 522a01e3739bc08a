package dev.tcptop.format;

import static com.fasterxml.jackson.databind.node.JsonNodeType.BOOLEAN;
import static com.fasterxml.jackson.databind.node.JsonNodeType.NULL;
import static com.fasterxml.jackson.databind.node.JsonNodeType.NUMBER;
import static com.fasterxml.jackson.databind.node.JsonNodeType.STRING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import dev.tcptop.model.CloseReason;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Connection.TcpFigures;
import dev.tcptop.model.Connection.Traffic;
import dev.tcptop.model.ConnectionBuilder;
import dev.tcptop.model.Endpoint;
import dev.tcptop.model.Family;
import dev.tcptop.model.Losses;
import dev.tcptop.model.Owner;
import dev.tcptop.model.Phase;
import dev.tcptop.model.PidSource;
import java.io.IOException;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionJsonTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** The contract's table: each key and the type of its value for a closed TCP connection. */
  private static final Map<String, JsonNodeType> CONTRACT = contract();

  /** Keys that a UDP flow has no value for. */
  private static final Set<String> TCP_ONLY =
      Set.of(
          "state",
          "rttMicros",
          "minRttMicros",
          "retransmits",
          "lifetimeBytesIn",
          "lifetimeBytesOut",
          "closeReason");

  private static Map<String, JsonNodeType> contract() {
    Map<String, JsonNodeType> keys = new LinkedHashMap<>();
    keys.put("id", STRING);
    keys.put("protocol", STRING);
    keys.put("family", STRING);
    keys.put("localAddress", STRING);
    keys.put("localPort", NUMBER);
    keys.put("remoteAddress", STRING);
    keys.put("remotePort", NUMBER);
    keys.put("direction", STRING);
    keys.put("state", STRING);
    keys.put("phase", STRING);
    keys.put("partial", BOOLEAN);
    keys.put("pid", NUMBER);
    keys.put("process", STRING);
    keys.put("pidSource", STRING);
    keys.put("uid", NUMBER);
    keys.put("netns", NUMBER);
    keys.put("bytesIn", NUMBER);
    keys.put("bytesOut", NUMBER);
    keys.put("packetsIn", NUMBER);
    keys.put("packetsOut", NUMBER);
    keys.put("bytesInPerSecond", NUMBER);
    keys.put("bytesOutPerSecond", NUMBER);
    keys.put("rttMicros", NUMBER);
    keys.put("minRttMicros", NUMBER);
    keys.put("retransmits", NUMBER);
    keys.put("lifetimeBytesIn", NUMBER);
    keys.put("lifetimeBytesOut", NUMBER);
    keys.put("closeReason", STRING);
    keys.put("since", STRING);
    keys.put("lastSeen", STRING);
    keys.put("closedAt", STRING);
    keys.put("pod", NULL);
    keys.put("namespace", NULL);
    keys.put("container", NULL);
    return keys;
  }

  private static String text(Connection connection) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      ConnectionJson.write(json, connection);
    }
    return text.toString();
  }

  private static JsonNode json(ConnectionBuilder connection) throws IOException {
    return MAPPER.readTree(text(connection.build()));
  }

  private static Map<String, JsonNodeType> types(JsonNode json) {
    Map<String, JsonNodeType> types = new LinkedHashMap<>();
    json.properties().forEach(field -> types.put(field.getKey(), field.getValue().getNodeType()));
    return types;
  }

  @Test
  void aClosedTcpConnectionHasAValueForEveryKey() throws IOException {
    JsonNode json = json(ConnectionBuilder.tcp(7).closed(CloseReason.NORMAL));

    assertThat(types(json)).containsExactlyEntriesOf(CONTRACT);
  }

  @Test
  void aClosedFlowHasEveryKeyWithNullsForWhatIsTcps() throws IOException {
    Map<String, JsonNodeType> expected = new LinkedHashMap<>(CONTRACT);
    TCP_ONLY.forEach(key -> expected.put(key, NULL));

    JsonNode json = json(ConnectionBuilder.udp(7).closed(null));

    assertThat(types(json)).containsExactlyEntriesOf(expected);
  }

  @Test
  void anOpenConnectionHasNeitherReasonNorTimeOfClosing() throws IOException {
    Map<String, JsonNodeType> types = types(json(ConnectionBuilder.tcp(7)));

    assertThat(types.keySet()).isEqualTo(CONTRACT.keySet());
    assertThat(types).contains(entry("closeReason", NULL), entry("closedAt", NULL));
  }

  @Test
  void aConnectionThatNobodyOwnsHasNoPid() throws IOException {
    Map<String, JsonNodeType> types = types(json(ConnectionBuilder.tcp(7).owner(Owner.NOBODY)));

    assertThat(types.keySet()).isEqualTo(CONTRACT.keySet());
    assertThat(types)
        .contains(entry("pid", NULL), entry("process", NULL), entry("pidSource", NULL));
  }

  @Test
  void aRoundTripTimeThatWasNotMeasuredIsNull() throws IOException {
    Map<String, JsonNodeType> types =
        types(json(ConnectionBuilder.tcp(7).tcp(new TcpFigures(-1, -1, 0, 0, 0))));

    assertThat(types)
        .contains(
            entry("rttMicros", NULL),
            entry("minRttMicros", NULL),
            entry("retransmits", NUMBER),
            entry("lifetimeBytesIn", NUMBER),
            entry("lifetimeBytesOut", NUMBER));
  }

  @Test
  void theWholeOfAConnection() throws IOException {
    Connection connection =
        ConnectionBuilder.tcp(9_007_199_254_740_993L)
            .ends(Family.IPV6, Endpoint.of("2001:db8::1", 40000), Endpoint.of("fe80::1%2", 443))
            .partial()
            .traffic(new Traffic(1, 2, 3, 4, 5, 6))
            .tcp(new TcpFigures(12_300, 9_000, 2, 70_000, 80_000))
            .closed(CloseReason.UNREACHABLE)
            .build();

    assertThat(text(connection))
        .isEqualTo(
            "{\"id\":\"9007199254740993\",\"protocol\":\"tcp\",\"family\":\"ipv6\","
                + "\"localAddress\":\"2001:db8::1\",\"localPort\":40000,"
                + "\"remoteAddress\":\"fe80::1%2\",\"remotePort\":443,"
                + "\"direction\":\"outbound\",\"state\":\"CLOSE\",\"phase\":\"closed\","
                + "\"partial\":true,\"pid\":1234,\"process\":\"curl\",\"pidSource\":\"connect\","
                + "\"uid\":1000,\"netns\":4026531840,"
                + "\"bytesIn\":1,\"bytesOut\":2,\"packetsIn\":3,\"packetsOut\":4,"
                + "\"bytesInPerSecond\":5,\"bytesOutPerSecond\":6,"
                + "\"rttMicros\":12300,\"minRttMicros\":9000,\"retransmits\":2,"
                + "\"lifetimeBytesIn\":70000,\"lifetimeBytesOut\":80000,"
                + "\"closeReason\":\"unreachable\",\"since\":\"2025-03-04T05:06:07Z\","
                + "\"lastSeen\":\"2025-03-04T05:06:08.250Z\","
                + "\"closedAt\":\"2025-03-04T05:06:09Z\","
                + "\"pod\":null,\"namespace\":null,\"container\":null}");
  }

  @ParameterizedTest
  @CsvSource({"NEW, new", "OPEN, open", "CLOSED, closed"})
  void phasesAreLowerCase(Phase phase, String word) throws IOException {
    assertThat(json(ConnectionBuilder.tcp(7).phase(phase)).get("phase").textValue())
        .isEqualTo(word);
  }

  @ParameterizedTest
  @CsvSource({
    "LISTENER, listener",
    "FD, fd",
    "CLOSE, close",
    "SEND, send",
    "ACCEPT, accept",
    "CONNECT, connect"
  })
  void pidSourcesAreLowerCase(PidSource source, String word) throws IOException {
    JsonNode json = json(ConnectionBuilder.tcp(7).owner(new Owner(1, "init", source)));

    assertThat(json.get("pidSource").textValue()).isEqualTo(word);
  }

  @ParameterizedTest
  @CsvSource({
    "NORMAL, normal",
    "RESET, reset",
    "REFUSED, refused",
    "TIMEOUT, timeout",
    "UNREACHABLE, unreachable"
  })
  void closeReasonsAreLowerCase(CloseReason reason, String word) throws IOException {
    assertThat(json(ConnectionBuilder.tcp(7).closed(reason)).get("closeReason").textValue())
        .isEqualTo(word);
  }

  @Test
  void aProcessNameIsDataWhateverItHolds() throws IOException {
    String name = "a\"\\\n\u001b[2J\u0000é";

    JsonNode json = json(ConnectionBuilder.tcp(7).owner(new Owner(1, name, PidSource.FD)));

    assertThat(json.get("process").textValue()).isEqualTo(name);
  }

  @Test
  void lossesAreCountedByCause() throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      ConnectionJson.lost(json, new Losses(1, 2, 3, 4, 5));
      json.writeEndObject();
    }

    assertThat(text)
        .hasToString(
            "{\"lost\":{\"closes\":1,\"sockets\":2,\"flows\":3,\"datagrams\":4,\"events\":5}}");
  }
}
