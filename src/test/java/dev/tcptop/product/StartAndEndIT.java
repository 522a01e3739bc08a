package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.product.support.Await;
import dev.tcptop.product.support.Ended;
import dev.tcptop.product.support.KernelObjects;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Line;
import dev.tcptop.product.support.Needs;
import dev.tcptop.product.support.Product;
import dev.tcptop.product.support.TcpPair;
import dev.tcptop.product.support.UdpPair;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the product starts, fails to start, and ends. */
class StartAndEndIT {
  @BeforeAll
  static void look() throws IOException {
    Needs.rootAnd("env", "bpftool", "head", "setpriv");
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void aSignalEndsAHealthyRunWithZeroAndLeavesNothing(String signal) throws Exception {
    try (Product product = Launch.listening("--interval", "200ms").checkingJni().startAndWait();
        TcpPair tcp = TcpPair.open().send(1);
        UdpPair udp = UdpPair.open().send(1)) {
      product.awaitLine(tcp.clientPort(), tcp.serverPort(), line -> true);
      product.awaitLine(udp.clientPort(), udp.serverPort(), line -> true);
      KernelObjects objects = KernelObjects.of(product);
      assertThat(objects.programNames()).contains("tcptop_state", "tcptop_sockets");
      Ended ended = product.end(signal);
      assertThat(ended.status()).isZero();
      assertThat(ended.stdout() + ended.stderr())
          .doesNotContain("WARNING in native method", "FATAL ERROR in native method");
      objects.awaitGone();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"libtcptop.so", "bpf-map", "socket:"})
  void aSignalWhileItStartsEndsItQuietly(String seen) throws Exception {
    try (Product product = Launch.listening().start()) {
      Await.untilTrue(
          "the start has come as far as " + seen,
          () -> !product.isAlive() || product.hasOpen(seen));
      Ended ended = product.end("TERM");
      assertThat(ended.status()).isZero();
      assertThat(ended.stderr().lines().filter(line -> !line.startsWith("tcptop "))).isEmpty();
    }
  }

  @Test
  void afterKillNineNothingIsLeftInTheKernel() throws Exception {
    try (Product product = Launch.listening("--no-stdout").startAndWait()) {
      KernelObjects objects = KernelObjects.of(product);
      assertThat(product.end("KILL").status()).isEqualTo(137);
      objects.awaitGone();
    }
  }

  @Tag("matrix")
  @Test
  void stderrHoldsTheBannerAndNothingElse() throws Exception {
    try (Product product = Launch.listening("--interval", "200ms").startAndWait()) {
      Await.untilTrue("a line", () -> !product.lines().isEmpty());
      Ended ended = product.end("TERM");
      assertThat(ended.status()).isZero();
      assertThat(ended.stderr())
          .startsWith("tcptop ")
          .contains("http://127.0.0.1:" + product.uri("/").getPort())
          .hasLineCount(1);
      assertThat(ended.stdout().lines().map(Line::parse)).isNotEmpty();
    }
  }

  @Test
  void theBannerNamesThePortThatTheSystemPicked() throws Exception {
    try (Product product = Launch.plain("--listen", "127.0.0.1:0", "--insecure").start()) {
      Pattern port = Pattern.compile("http://127\\.0\\.0\\.1:([1-9]\\d*)/");
      Await.untilTrue("the banner", () -> port.matcher(product.stderr()).find());
    }
  }

  @ParameterizedTest
  @CsvSource({"C, 'arrow up: out, arrow down: in'", "C.UTF-8, '↑ out, ↓ in'"})
  void theBannerIsInTheLocalesCharacters(String locale, String legend) throws Exception {
    try (Product product = Launch.listening().with("LC_ALL", locale).startAndWait()) {
      Await.untilTrue("the banner", () -> product.stderr().contains("http://"));
      assertThat(product.stderr()).contains(legend).doesNotContain("?");
    }
  }

  @Test
  void aSecondStartDoesNotBuild() throws Exception {
    Path jar = Launch.HOME.resolve(Launch.JAR);
    var built = Files.getLastModifiedTime(jar);
    Ended ended = Launch.plain("--once", "--interval", "100ms").run();
    assertThat(ended.status()).isZero();
    assertThat(ended.stderr()).doesNotContain("building", "waiting");
    assertThat(Files.getLastModifiedTime(jar)).isEqualTo(built);
  }

  @Test
  void aTakenPortIsOneLineThatNamesIt() throws Exception {
    Launch launch = Launch.listening();
    try (ServerSocket taken = listener(launch.port())) {
      Ended ended = launch.run();
      assertThat(ended.status()).isEqualTo(1);
      assertThat(ended.stderr().lines())
          .singleElement()
          .asString()
          .startsWith("error: ")
          .contains("127.0.0.1:" + taken.getLocalPort(), "in use", "--listen");
    }
  }

  @Test
  void aTakenPortWithDebugHasItsStackTrace() throws Exception {
    Launch launch = Launch.listening("--debug");
    try (ServerSocket taken = listener(launch.port())) {
      Ended ended = launch.run();
      assertThat(ended.status()).isEqualTo(1);
      assertThat(ended.stderr())
          .contains("\tat ", "BindException", "127.0.0.1:" + taken.getLocalPort());
    }
  }

  @Test
  void aStartThatFailsOpensNoPort() throws Exception {
    Launch launch = Launch.listening().asNobodyWith();
    assertThat(portsOpenedBy(launch)).isZero();
  }

  /** The number of times that the port was seen open while the product ran. */
  private static int portsOpenedBy(Launch launch) throws Exception {
    String listening = String.format(Locale.ROOT, ":%04X 00000000:0000 0A", launch.port());
    int seen = 0;
    try (Product product = launch.start()) {
      while (product.isAlive()) {
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
          try (Stream<String> sockets = Files.lines(Path.of(table))) {
            seen += (int) sockets.filter(line -> line.contains(listening)).count();
          }
        }
      }
      assertThat(product.awaitEnd().status()).isNotZero();
    }
    return seen;
  }

  @Test
  void onceShowsTheTableAndEnds() throws Exception {
    try (TcpPair pair = TcpPair.open()) {
      Ended ended = Launch.plain("--once", "--interval", "200ms").run();
      assertThat(ended.status()).isZero();
      assertThat(ended.stdout().lines().map(Line::parse))
          .filteredOn(line -> line.isBetween(pair.clientPort(), pair.serverPort()))
          .singleElement()
          .extracting(Line::marker)
          .isEqualTo("[PARTIAL]");
      assertThat(ended.stderr()).isEmpty();
    }
  }

  @Test
  void onceNeedsNoPort() throws Exception {
    try (Product other = Launch.listening("--no-stdout").startAndWait()) {
      String address = "127.0.0.1:" + other.uri("/").getPort();
      Ended ended = Launch.plain("--once", "--interval", "200ms", "--listen", address).run();
      assertThat(ended.status()).isZero();
      assertThat(ended.stdout().lines().map(Line::parse)).isNotEmpty();
      assertThat(other.json("/q/health/live").path("status").asText()).isEqualTo("UP");
    }
  }

  @Test
  void aReaderThatClosesThePipeEndsTheProduct() throws Exception {
    Launch launch = Launch.listening("--interval", "100ms");
    String command = launch.commandLine() + " | head -n 5; echo ${PIPESTATUS[0]}";
    try (TcpPair pair = TcpPair.open();
        Product piped = launch.start(List.of("bash", "-c", command))) {
      Await.untilTrue(
          "the pipe ends",
          () -> {
            pair.send(10); // so that a further line is due
            return !piped.isAlive();
          });
      List<String> lines = piped.stdout().lines().toList();
      assertThat(lines).hasSize(6);
      assertThat(lines.get(5)).isIn("0", "141");
      assertThat(lines.subList(0, 5)).allSatisfy(Line::parse);
      assertThat(piped.stderr()).startsWith("tcptop ").hasLineCount(1);
    }
  }

  @Test
  void colorsStayOutOfAPipe() throws Exception {
    try (Product product = Launch.listening("--interval", "200ms").startAndWait();
        TcpPair pair = TcpPair.open()) {
      product.awaitLine(
          pair.clientPort(), pair.serverPort(), line -> line.marker().equals("[NEW]"));
      assertThat(product.stdout()).doesNotContain("\u001b");
    }
  }

  /** The JVM prints a dump of its threads on SIGQUIT, which an attempt to attach sends too. */
  @Test
  void aDumpOfTheThreadsStaysOutOfStdout() throws Exception {
    try (Product product = Launch.listening("--interval", "200ms").startAndWait();
        TcpPair pair = TcpPair.open()) {
      product.signal("QUIT");
      Await.untilTrue("the dump", () -> product.stderr().contains("Full thread dump"));
      pair.send(1);
      product.awaitLine(pair.clientPort(), pair.serverPort(), line -> true);
      assertThat(product.stdout()).doesNotContain("Full thread dump");
    }
  }

  private static ServerSocket listener(int port) throws IOException {
    return new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"));
  }
}
