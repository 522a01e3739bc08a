package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tcptop.product.support.Ended;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Line;
import dev.tcptop.product.support.Needs;
import dev.tcptop.product.support.Product;
import dev.tcptop.product.support.TcpPair;
import dev.tcptop.product.support.UdpPair;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The answers over HTTP, except for the event stream. */
class HttpIT {
  static final String[] CONNECTION_KEYS = {
    "id",
    "protocol",
    "family",
    "localAddress",
    "localPort",
    "remoteAddress",
    "remotePort",
    "direction",
    "state",
    "phase",
    "partial",
    "pid",
    "process",
    "pidSource",
    "uid",
    "netns",
    "bytesIn",
    "bytesOut",
    "packetsIn",
    "packetsOut",
    "bytesInPerSecond",
    "bytesOutPerSecond",
    "rttMicros",
    "minRttMicros",
    "retransmits",
    "lifetimeBytesIn",
    "lifetimeBytesOut",
    "closeReason",
    "since",
    "lastSeen",
    "closedAt",
    "pod",
    "namespace",
    "container"
  };

  private static Product product;

  @BeforeAll
  static void start() throws Exception {
    Needs.rootAnd("env");
    product = Launch.listening("--interval", "200ms").checkingJni().startAndWait();
  }

  @AfterAll
  static void stop() throws Exception {
    if (product != null) {
      try (Product running = product) {
        Ended ended = running.end("TERM");
        assertThat(ended.stdout() + ended.stderr())
            .doesNotContain("WARNING in native method", "FATAL ERROR in native method");
      }
    }
  }

  @Test
  void theSnapshotHasItsKeys() throws Exception {
    JsonNode snapshot = product.json("/api/v1/connections");
    assertThat(snapshot.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            "node", "time", "intervalMillis", "complete", "lost", "total", "shown", "connections");
    assertThat(snapshot.path("node").asText()).isNotEmpty();
    assertThat(Instant.parse(snapshot.path("time").asText())).isBeforeOrEqualTo(Instant.now());
    assertThat(snapshot.path("intervalMillis").asInt()).isEqualTo(200);
    assertThat(snapshot.path("complete").isBoolean()).isTrue();
    assertThat(snapshot.path("lost").isObject()).isTrue();
    int connections = snapshot.path("connections").size();
    assertThat(snapshot.path("total").asInt()).isEqualTo(connections);
    assertThat(snapshot.path("shown").asInt()).isEqualTo(connections);
  }

  @Test
  void everyConnectionHasEveryKey() throws Exception {
    try (TcpPair tcp = TcpPair.open();
        UdpPair udp = UdpPair.open().send(1)) {
      product.awaitRow(tcp.clientPort(), tcp.serverPort(), row -> true);
      product.awaitRow(udp.clientPort(), udp.serverPort(), row -> true);
      assertThat(product.json("/api/v1/connections").path("connections"))
          .isNotEmpty()
          .allSatisfy(
              row ->
                  assertThat(row.fieldNames())
                      .toIterable()
                      .containsExactlyInAnyOrder(CONNECTION_KEYS));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void bothEndsOfAConnectionAreExact(String address) throws Exception {
    try (TcpPair pair = TcpPair.open(address).send(54_321).answer(12_345)) {
      JsonNode client =
          product.awaitRow(
              pair.clientPort(), pair.serverPort(), row -> row.path("bytesIn").asLong() == 12_345);
      JsonNode server =
          product.awaitRow(
              pair.serverPort(),
              pair.clientPort(),
              row ->
                  row.path("bytesOut").asLong() == 12_345
                      && !row.path("pidSource").asText().equals("listener"));
      assertThat(client.path("bytesOut").asLong()).isEqualTo(54_321);
      assertThat(server.path("bytesIn").asLong()).isEqualTo(54_321);
      assertThat(client.path("direction").asText()).isEqualTo("outbound");
      assertThat(server.path("direction").asText()).isEqualTo("inbound");
      assertThat(client.path("pidSource").asText()).isEqualTo("connect");
      String netns = Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString();
      for (JsonNode row : new JsonNode[] {client, server}) {
        assertThat(row.path("protocol").asText()).isEqualTo("tcp");
        assertThat(row.path("family").asText()).isEqualTo(address.contains(":") ? "ipv6" : "ipv4");
        assertThat(row.path("localAddress").asText()).isEqualTo(address);
        assertThat(row.path("remoteAddress").asText()).isEqualTo(address);
        assertThat(row.path("state").asText()).isEqualTo("ESTABLISHED");
        assertThat(row.path("pid").asLong()).isEqualTo(ProcessHandle.current().pid());
        assertThat(row.path("process").asText()).isEqualTo("java");
        assertThat(row.path("uid").asLong()).isZero();
        assertThat(netns).isEqualTo("net:[" + row.path("netns").asLong() + "]");
        assertThat(row.path("partial").asBoolean()).isFalse();
        assertThat(row.path("packetsOut").asLong()).isGreaterThan(1);
        assertThat(row.path("packetsIn").asLong()).isGreaterThan(1);
        assertThat(row.path("rttMicros").isNumber()).isTrue();
        assertThat(row.path("lifetimeBytesOut")).isEqualTo(row.path("bytesOut"));
        assertThat(row.path("lifetimeBytesIn")).isEqualTo(row.path("bytesIn"));
        assertThat(row.path("closeReason").isNull()).isTrue();
        assertThat(row.path("closedAt").isNull()).isTrue();
        assertThat(Instant.parse(row.path("since").asText()))
            .isBeforeOrEqualTo(Instant.parse(row.path("lastSeen").asText()));
      }
    }
  }

  @Test
  void stdoutBracketsIpv6() throws Exception {
    try (TcpPair pair = TcpPair.open("::1")) {
      Line line = product.awaitLine(pair.clientPort(), pair.serverPort(), seen -> true);
      assertThat(line.local()).isEqualTo("[::1]:" + pair.clientPort());
      assertThat(line.remote()).isEqualTo("[::1]:" + pair.serverPort());
    }
  }

  @Test
  void udpHasNullForWhatOnlyTcpHas() throws Exception {
    try (UdpPair pair = UdpPair.open().send(1)) {
      JsonNode row = product.awaitRow(pair.clientPort(), pair.serverPort(), seen -> true);
      assertThat(row.path("protocol").asText()).isEqualTo("udp");
      assertThat(
              new String[] {
                "state",
                "rttMicros",
                "minRttMicros",
                "retransmits",
                "lifetimeBytesIn",
                "lifetimeBytesOut",
                "closeReason"
              })
          .allSatisfy(key -> assertThat(row.path(key).isNull()).as(key).isTrue());
    }
  }

  @Test
  void oneConnectionIsFoundByItsId() throws Exception {
    try (TcpPair pair = TcpPair.open()) {
      JsonNode row =
          product.awaitRow(
              pair.clientPort(),
              pair.serverPort(),
              seen -> seen.path("phase").asText().equals("open"));
      assertThat(row.path("id").isTextual()).isTrue();
      JsonNode one = product.json("/api/v1/connections/" + row.path("id").asText());
      assertThat(one.path("localPort").asInt()).isEqualTo(pair.clientPort());
      assertThat(one.fieldNames()).toIterable().containsExactlyInAnyOrder(CONNECTION_KEYS);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"999999999999", "-1", "nonsense", "99999999999999999999999"})
  void anUnknownIdIsAProblem(String id) throws Exception {
    HttpResponse<String> response = product.get("/api/v1/connections/" + id);
    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
    JsonNode problem = Product.JSON.readTree(response.body());
    assertThat(problem.path("status").asInt()).isEqualTo(404);
    assertThat(problem.path("title").asText()).isNotEmpty();
    assertThat(problem.path("detail").asText()).contains(id);
  }

  @Test
  void statusTellsOfTheProduct() throws Exception {
    JsonNode status = product.json("/api/v1/status");
    assertThat(status.path("version").asText()).isNotEmpty();
    assertThat(status.path("kernel").asText())
        .isEqualTo(Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip());
    assertThat(status.path("pid").asLong()).isEqualTo(product.pid());
    assertThat(status.at("/udp/observed").asBoolean()).isTrue();
    assertThat(status.at("/udp/way").asText()).isNotEmpty();
    assertThat(status.at("/udp/reason").isNull()).isTrue();
    assertThat(status.path("accepts").asText()).isNotEmpty();
    assertThat(status.path("connections").asInt()).isPositive();
    assertThat(status.path("subscribers").asInt()).isEqualTo(1); // stdout is a subscriber
    assertThat(status.path("lost").isObject()).isTrue();
    assertThat(status.at("/cost/cpuSeconds").asDouble()).isPositive();
    assertThat(status.at("/cost/residentBytes").asLong()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/q/health", "/q/health/live", "/q/health/ready", "/q/health/started"})
  void healthIsUp(String path) throws Exception {
    JsonNode health = product.json(path);
    assertThat(health.path("status").asText()).isEqualTo("UP");
    assertThat(health.path("checks")).isNotEmpty();
  }
}
