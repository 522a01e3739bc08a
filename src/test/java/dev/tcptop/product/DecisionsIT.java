package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tcptop.product.support.Await;
import dev.tcptop.product.support.Ended;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Line;
import dev.tcptop.product.support.Needs;
import dev.tcptop.product.support.Product;
import dev.tcptop.product.support.Subscriber;
import dev.tcptop.product.support.TcpPair;
import dev.tcptop.product.support.UdpPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The decisions of the first phase, as a user sees them. {@link PlatformTest} has the sixteenth,
 * that the platform is behind an abstraction.
 */
class DecisionsIT {
  private static final int SIZE = 1_572_864; // 1.5 MiB
  private static final long OWN_PID = ProcessHandle.current().pid();

  private static TcpPair older;
  private static Product product;

  @BeforeAll
  static void start() throws Exception {
    Needs.rootAnd("setpriv", "env");
    older = TcpPair.open().send(1000).answer(10);
    product = Launch.listening("--interval", "300ms").startAndWait();
  }

  @AfterAll
  static void stop() throws Exception {
    if (product != null) {
      product.close();
    }
    older.close();
  }

  @Test
  @DisplayName("decision 1: lines stream as with tail -f, and what is written stays")
  void lines() throws Exception {
    try (TcpPair pair = TcpPair.open()) {
      product.awaitLine(pair.clientPort(), pair.serverPort(), line -> true);
      String before = product.stdout();
      pair.send(100);
      product.awaitLine(
          pair.clientPort(), pair.serverPort(), line -> line.bytesOut().equals("100 B"));
      assertThat(product.stdout()).startsWith(before).doesNotContain("\u001b", "\r", "\b");
    }
  }

  @Test
  @DisplayName("decision 2: sizes are for people, with the raw number beside them")
  void sizes() throws Exception {
    try (TcpPair pair = TcpPair.open().send(SIZE).answer(42)) {
      Line line =
          product.awaitLine(
              pair.clientPort(), pair.serverPort(), seen -> seen.bytesOut().contains("MiB"));
      assertThat(line.bytesOut()).isEqualTo("1.5 MiB (1572864)");
      assertThat(line.bytesIn()).isEqualTo("42 B");
    }
  }

  @Test
  @DisplayName("decision 3: a line has every field of its connection")
  void fields() throws Exception {
    try (TcpPair pair = TcpPair.open().send(300).answer(200)) {
      Line line =
          product.awaitLine(
              pair.clientPort(), pair.serverPort(), seen -> seen.bytesIn().equals("200 B"));
      assertThat(line.protocol()).isEqualTo("tcp");
      assertThat(line.local()).isEqualTo("127.0.0.1:" + pair.clientPort());
      assertThat(line.remote()).isEqualTo("127.0.0.1:" + pair.serverPort());
      assertThat(line.state()).isEqualTo("ESTABLISHED");
      assertThat(line.owner()).isEqualTo(OWN_PID + " java");
      assertThat(line.bytesOut()).isEqualTo("300 B");
      assertThat(line.packetsOut()).isGreaterThanOrEqualTo(2);
      assertThat(line.packetsIn()).isGreaterThanOrEqualTo(2);
      assertThat(line.rateIn()).isNotEqualTo("0 B/s");
      assertThat(line.rtt()).isNotEqualTo("-");
    }
  }

  @ParameterizedTest
  @CsvSource({"human, 1.5 MiB", "raw, 1572864"})
  @DisplayName("decision 4: how sizes are written is an option")
  void format(String option, String expected) throws Exception {
    try (TcpPair pair = TcpPair.open();
        Product toggled =
            Launch.listening("--interval", "200ms", "--bytes", option).startAndWait()) {
      pair.send(SIZE);
      Line line =
          toggled.awaitLine(
              pair.clientPort(), pair.serverPort(), seen -> seen.bytesOut().startsWith("1"));
      pair.answer(1);
      toggled.awaitLine(
          pair.clientPort(), pair.serverPort(), seen -> seen.bytesOut().equals(expected));
      assertThat(line.bytesOut()).doesNotContain("(");
    }
  }

  @Test
  @DisplayName("decision 5: a UDP flow is its four-tuple")
  void flow() throws Exception {
    try (UdpPair one = UdpPair.open().send(10).send(20);
        UdpPair other = UdpPair.open().send(30)) {
      JsonNode first =
          product.awaitRow(
              one.clientPort(), one.serverPort(), row -> row.path("packetsOut").asInt() == 2);
      JsonNode second = product.awaitRow(other.clientPort(), other.serverPort(), row -> true);
      assertThat(first.path("bytesOut").asLong()).isEqualTo(30);
      assertThat(second.path("bytesOut").asLong()).isEqualTo(30);
      assertThat(first.path("id")).isNotEqualTo(second.path("id"));
      assertThat(product.row(one.clientPort(), other.serverPort())).isEmpty();
    }
  }

  @Test
  @DisplayName("decision 6: a UDP flow ends five seconds after its last packet")
  void flowEnd() throws Exception {
    try (UdpPair pair = UdpPair.open();
        Subscriber subscriber = Subscriber.sse(product)) {
      assertIdleTime(Duration.ofSeconds(5), pair, subscriber);
    }
  }

  @Test
  @DisplayName("decision 6: after how long a UDP flow ends is an option")
  void flowEndIsTunable() throws Exception {
    try (Product tuned =
            Launch.listening("--interval", "200ms", "--udp-idle", "1s").startAndWait();
        UdpPair pair = UdpPair.open();
        Subscriber subscriber = Subscriber.sse(tuned)) {
      assertIdleTime(Duration.ofSeconds(1), pair, subscriber);
    }
  }

  /** Measures by the times that the product gives, so that the test's own delays do not count. */
  private static void assertIdleTime(Duration idle, UdpPair pair, Subscriber subscriber)
      throws Exception {
    pair.send(10);
    subscriber.await("the flow", event -> event.isOf(pair.clientPort(), pair.serverPort()));
    pair.send(10);
    Subscriber.Event close =
        subscriber.await(
            "the flow's end",
            event -> event.is("closed") && event.isOf(pair.clientPort(), pair.serverPort()));
    int at = subscriber.events().indexOf(close);
    Subscriber.Event tick =
        Await.until(
            () -> "a tick after the close",
            () ->
                subscriber.events().stream()
                    .skip(at)
                    .filter(event -> event.is("tick"))
                    .findFirst());
    assertThat(close.data().path("packetsOut").asInt()).isEqualTo(2);
    assertThat(
            Duration.between(
                Instant.parse(close.data().path("lastSeen").asText()),
                Instant.parse(tick.data().path("time").asText())))
        .isBetween(idle, idle.plusSeconds(3));
  }

  @Test
  @DisplayName("decision 7: a UDP flow has - for a state")
  void flowState() throws Exception {
    try (UdpPair pair = UdpPair.open().send(10)) {
      Line line = product.awaitLine(pair.clientPort(), pair.serverPort(), seen -> true);
      assertThat(line.protocol()).isEqualTo("udp");
      assertThat(line.state()).isEqualTo("-");
      assertThat(line.rtt()).isEqualTo("-");
    }
  }

  @Test
  @DisplayName("decision 8: a UDP flow counts both directions and infers nothing")
  void flowDirections() throws Exception {
    try (UdpPair both = UdpPair.open().send(100).send(100).answer(7);
        UdpPair oneWay = UdpPair.open().send(50)) {
      JsonNode row =
          product.awaitRow(
              both.clientPort(), both.serverPort(), seen -> seen.path("packetsIn").asInt() == 1);
      assertThat(row.path("bytesOut").asLong()).isEqualTo(200);
      assertThat(row.path("packetsOut").asLong()).isEqualTo(2);
      assertThat(row.path("bytesIn").asLong()).isEqualTo(7);
      assertThat(row.path("direction").asText()).isEqualTo("unknown");
      JsonNode silent = product.awaitRow(oneWay.clientPort(), oneWay.serverPort(), seen -> true);
      assertThat(silent.path("bytesIn").asLong()).isZero();
      assertThat(silent.path("packetsIn").asLong()).isZero();
      assertThat(silent.path("direction").asText()).isEqualTo("unknown");
    }
  }

  @Test
  @DisplayName("decisions 9 and 11: without privileges the one exact line and status 77")
  void noPrivileges() throws Exception {
    Ended ended = Launch.listening().asNobodyWith().run();
    assertThat(ended.stderr())
        .isEqualTo("error: tcptop requires root privileges. Run with sudo.\n");
    assertThat(ended.stdout()).isEmpty();
    assertThat(ended.status()).isEqualTo(77);
  }

  @Test
  @DisplayName("decision 10: CAP_BPF and CAP_PERFMON run without root and are never mentioned")
  void twoCapabilities() throws Exception {
    try (Product unprivileged =
        Launch.listening("--interval", "200ms").asNobodyWith("bpf", "perfmon").startAndWait()) {
      unprivileged.awaitLine(older.clientPort(), older.serverPort(), line -> true);
      Ended ended = unprivileged.end("TERM");
      assertThat(ended.status()).isZero();
      assertThat(ended.stdout() + ended.stderr()).doesNotContainIgnoringCase("cap_", "capabilit");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"400ms", "1500ms"})
  @DisplayName("decision 12: a closed connection stays for one refresh cycle, then goes")
  void oneCycle(String interval) throws Exception {
    try (Product cycling = Launch.listening("--interval", interval).startAndWait();
        TcpPair pair = TcpPair.open()) {
      int port = pair.clientPort();
      int remotePort = pair.serverPort();
      cycling.awaitRow(port, remotePort, row -> true);
      pair.close();
      TreeSet<Instant> cycles = new TreeSet<>();
      JsonNode after =
          Await.until(
              () -> "the closed row goes; cycles that had it: " + cycles,
              () -> {
                JsonNode snapshot = cycling.snapshot(port, remotePort);
                Product.row(snapshot, port, remotePort)
                    .filter(row -> row.path("phase").asText().equals("closed"))
                    .ifPresent(row -> cycles.add(Instant.parse(snapshot.path("time").asText())));
                return Product.row(snapshot, port, remotePort).isEmpty()
                    ? java.util.Optional.of(snapshot)
                    : java.util.Optional.empty();
              });
      assertThat(cycles).hasSize(1);
      assertThat(Instant.parse(after.path("time").asText())).isAfter(cycles.first());
    }
  }

  @Test
  @DisplayName("decision 13: new and closing lines look different")
  void colors() throws Exception {
    try (Product colored =
            Launch.listening("--interval", "200ms", "--color", "always").startAndWait();
        TcpPair pair = TcpPair.open()) {
      String opening = awaitColored(colored, "[NEW]", pair);
      pair.close();
      String closing = awaitColored(colored, "[CLOSED]", pair);
      assertThat(opening).isNotEmpty().isNotEqualTo(closing);
      assertThat(closing).isNotEmpty();
    }
  }

  /** The escape sequence with which a pair's line with this marker begins. */
  private static String awaitColored(Product colored, String marker, TcpPair pair)
      throws Exception {
    String ports = ".*:" + pair.clientPort() + " .*:" + pair.serverPort() + " .*";
    Pattern line =
        Pattern.compile(
            "(\u001b\\[[0-9;]*m|)\\d\\d:\\d\\d:\\d\\d " + Pattern.quote(marker) + " " + ports);
    return Await.until(
        () -> "a line like " + line,
        () ->
            colored
                .stdout()
                .lines()
                .map(line::matcher)
                .filter(Matcher::matches)
                .map(found -> found.group(1))
                .findFirst());
  }

  @Test
  @DisplayName("decision 14: a close prints [CLOSED] with the final counts, and is the last line")
  void closedLine() throws Exception {
    int port;
    int remotePort;
    try (TcpPair pair = TcpPair.open()) {
      port = pair.clientPort();
      remotePort = pair.serverPort();
      product.awaitLine(port, remotePort, line -> line.marker().equals("[NEW]"));
      pair.send(4321).answer(1234);
    }
    Line closed = product.awaitLine(port, remotePort, Line::isClosed);
    assertThat(closed.text()).contains("[CLOSED] ");
    assertThat(closed.bytesOut()).isEqualTo("4.2 KiB (4321)");
    assertThat(closed.bytesIn()).isEqualTo("1.2 KiB (1234)");
    List<Line> lines = product.lines(port, remotePort);
    assertThat(lines.get(lines.size() - 1)).isEqualTo(closed);
    assertThat(lines.get(0).marker()).isEqualTo("[NEW]");
    assertThat(lines.stream().filter(line -> line.marker().contains("[NEW]"))).hasSize(1);
  }

  @Test
  @DisplayName("decision 15: an older connection is shown and marked, its counts begin at zero")
  void partial() throws Exception {
    int port = older.clientPort();
    int remotePort = older.serverPort();
    product.awaitLine(port, remotePort, line -> line.bytesOut().equals("0 B"));
    older.send(500);
    product.awaitLine(port, remotePort, line -> line.bytesOut().equals("500 B"));
    assertThat(product.lines(port, remotePort))
        .allSatisfy(line -> assertThat(line.marker()).isEqualTo("[PARTIAL]"));
    JsonNode row = product.row(port, remotePort).orElseThrow();
    assertThat(row.path("partial").asBoolean()).isTrue();
    assertThat(row.path("bytesOut").asLong()).isEqualTo(500);
    assertThat(row.path("lifetimeBytesOut").asLong()).isEqualTo(1500);
    assertThat(row.path("lifetimeBytesIn").asLong()).isEqualTo(10);
  }
}
