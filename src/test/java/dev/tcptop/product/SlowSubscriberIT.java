package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.product.support.Await;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Needs;
import dev.tcptop.product.support.Product;
import dev.tcptop.product.support.Subscriber;
import dev.tcptop.product.support.Subscriber.Event;
import dev.tcptop.product.support.TcpPair;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A subscriber that does not read. */
class SlowSubscriberIT {
  private static final int PAIRS = 120;
  private static final int TICKS_TO_STALL = 20;

  /** The product keeps the last 10,000 closes of the machine for slow subscribers. */
  private static final int CLOSES_SURELY_KEPT = 9_000;

  private final List<TcpPair> pairs = new ArrayList<>();
  private Product product;

  @BeforeEach
  void start() throws Exception {
    Needs.rootAnd("env", "curl");
    product = Launch.listening("--interval", "100ms", "--no-stdout").checkingJni().startAndWait();
    for (int i = 0; i < PAIRS; i++) {
      pairs.add(TcpPair.open());
    }
  }

  @AfterEach
  void stop() throws Exception {
    for (TcpPair pair : pairs) {
      pair.close();
    }
    if (product != null) {
      product.close();
    }
  }

  /**
   * The filter lets all connections through at first, and no close. A connection that was shown is
   * shown to its close all the same.
   */
  @ParameterizedTest
  @ValueSource(strings = {"", "?filter=state%20=%20ESTABLISHED"})
  void aStalledSubscriberHoldsUpNoOtherAndGetsEveryCloseLater(String query) throws Exception {
    try (Socket stalled = subscribe(query);
        Subscriber healthy = Subscriber.sse(product)) {
      awaitStall(stalled, healthy);

      TcpPair brief = pairs.get(0);
      int port = brief.clientPort();
      int remotePort = brief.serverPort();
      brief.close();
      healthy.await("the close", event -> event.is("closed") && event.isOf(port, remotePort));
      Missed missed = Missed.until(stalled, Instant.now(), port, remotePort);

      // Where other programs have closed too many connections since, a gap stands for the close.
      if (healthy.events(event -> event.is("closed")).size() < CLOSES_SURELY_KEPT) {
        assertThat(missed).isEqualTo(new Missed(1, 0));
      } else {
        assertThat(missed.closes + missed.gaps).isPositive();
      }
      assertThat(healthy.events(event -> event.is("tick")))
          .hasSizeGreaterThan(TICKS_TO_STALL)
          .allSatisfy(tick -> assertThat(delay(tick)).isLessThan(Duration.ofSeconds(5)));
      assertThat(healthy.events(e -> e.is("closed") && e.isOf(port, remotePort))).hasSize(1);
    }
  }

  private static Duration delay(Event tick) {
    return Duration.between(Instant.parse(tick.data().path("time").asText()), tick.arrived());
  }

  private Socket subscribe(String query) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4096);
    socket.setSoTimeout((int) Await.PATIENCE.toMillis());
    socket.connect(new InetSocketAddress("127.0.0.1", product.uri("/").getPort()));
    socket
        .getOutputStream()
        .write(
            """
            GET /api/v1/events%s HTTP/1.1\r
            Host: localhost\r
            Accept: application/x-ndjson\r
            \r
            """
                .formatted(query)
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  /**
   * Makes events until the kernel's queue for the stalled socket is full, and on for as many ticks,
   * which add nothing to it. The stall is counted in ticks and stays short, since other programs
   * may close hundreds of connections a second.
   */
  private void awaitStall(Socket stalled, Subscriber healthy) throws Exception {
    long[] queued = {0};
    int[] unchanged = {0};
    Await.untilTrue(
        "the stalled subscriber's queue is full",
        () -> {
          chatter();
          healthy.awaitTicks(1);
          long now = queuedFor(stalled);
          unchanged[0] = now > 0 && now == queued[0] ? unchanged[0] + 1 : 0;
          queued[0] = now;
          return unchanged[0] == TICKS_TO_STALL;
        });
  }

  /** Bytes in the send queue of the product's socket, from /proc/net/tcp. */
  private long queuedFor(Socket socket) throws IOException {
    String ends =
        String.format(
            Locale.ROOT, ":%04X 0100007F:%04X ", product.uri("/").getPort(), socket.getLocalPort());
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      try (Stream<String> lines = Files.lines(Path.of(table))) {
        var queue =
            lines
                .map(line -> line.replace("0000000000000000FFFF0000", ""))
                .filter(line -> line.contains(ends))
                .map(line -> line.strip().split("\\s+")[4])
                .mapToLong(queues -> Long.parseLong(queues.split(":", 2)[0], 16))
                .findFirst();
        if (queue.isPresent()) {
          return queue.getAsLong();
        }
      }
    }
    return 0;
  }

  private void chatter() throws IOException {
    for (TcpPair pair : pairs.subList(1, PAIRS)) {
      pair.send(1);
    }
  }

  /** The closes of one connection, and the gaps, that the stalled subscriber reads at last. */
  private record Missed(int closes, int gaps) {

    /** Reads the stream up to a tick after this time. */
    static Missed until(Socket socket, Instant time, int localPort, int remotePort)
        throws IOException {
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      int closes = 0;
      int gaps = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("{")) {
          continue;
        }
        var event = Product.JSON.readTree(line);
        String name = event.path("event").asText();
        if (name.equals("closed")
            && event.path("localPort").asInt() == localPort
            && event.path("remotePort").asInt() == remotePort) {
          closes++;
        }
        gaps += name.equals("gap") ? 1 : 0;
        if (name.equals("tick") && Instant.parse(event.path("time").asText()).isAfter(time)) {
          return new Missed(closes, gaps);
        }
      }
      throw new AssertionError("the stalled subscriber was cut off");
    }
  }
}
