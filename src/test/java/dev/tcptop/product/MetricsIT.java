package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.FreePort;
import dev.tcptop.metrics.Scrape;
import dev.tcptop.product.support.Await;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Needs;
import dev.tcptop.product.support.Product;
import dev.tcptop.product.support.Subscriber;
import dev.tcptop.product.support.TcpPair;
import dev.tcptop.product.support.UdpPair;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The answer of /q/metrics. Its counters include the traffic of all other programs, so they are
 * compared with the event stream, which shows the same connections. The difference between the two
 * is what was counted before the subscriber came, and it must not change.
 */
class MetricsIT {
  private static final int PAIRS = 200;
  private static final int SENT = 1_000;
  private static final int ANSWERED = 500;

  private Product product;

  /** The ends of the test's own connections and of its flow. */
  private final Set<Ends> ends = new HashSet<>();

  private record Ends(int localPort, int remotePort) {}

  private void start(Launch launch) throws Exception {
    Needs.rootAnd("env", "curl");
    product = launch.startAndWait();
  }

  @AfterEach
  void stop() throws Exception {
    if (product != null) {
      product.close();
    }
  }

  private Scrape scrape() throws Exception {
    HttpResponse<String> response = product.get("/q/metrics");
    assertThat(response.statusCode()).isEqualTo(200);
    return Scrape.of(response.body());
  }

  @Test
  void theFormIsTheOneThatTheClientTakes() throws Exception {
    start(Launch.listening("--no-stdout"));
    assertThat(form("application/openmetrics-text; version=1.0.0"))
        .isEqualTo("200 application/openmetrics-text; version=1.0.0; charset=utf-8");
    assertThat(form("application/openmetrics-text"))
        .isEqualTo("200 application/openmetrics-text; version=1.0.0; charset=utf-8");
    assertThat(
            form(
                "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"))
        .isEqualTo("200 text/plain; version=0.0.4; charset=utf-8");
    assertThat(form("text/plain")).isEqualTo("200 text/plain; version=0.0.4; charset=utf-8");
    assertThat(form("image/png")).isEqualTo("406 application/problem+json");
  }

  private String form(String accept) throws Exception {
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(product.uri("/q/metrics")).header("Accept", accept).build(),
                HttpResponse.BodyHandlers.ofString());
    return response.statusCode()
        + " "
        + response.headers().firstValue("Content-Type").orElse("none");
  }

  /** A ring that holds all closing records, and a ring that loses most of them. */
  @ParameterizedTest
  @CsvSource({"8388608, 1, 0", "4096, 0, 50"})
  void theCountersAreExact(String ringBytes, int leastRefused, int leastLost) throws Exception {
    start(
        Launch.listening("--interval", "500ms", "--udp-idle", "500ms", "--no-stdout")
            .with("TCPTOP_KERNEL_RING_BYTES", ringBytes)
            .with("TCPTOP_METRICS_TOP_PROCESSES", "3"));
    try (Subscriber subscriber = Subscriber.ndjson(product)) {
      StreamTotals stream = new StreamTotals(subscriber);
      subscriber.awaitTicks(1);
      Map<String, Long> before = awaitSteady(subscriber, stream);
      Scrape first = scrape();

      makeTraffic();

      Map<String, Long> after = new TreeMap<>();
      Await.until(
          () -> "counters minus stream: " + before + " before, " + after + " after",
          () -> {
            after.clear();
            after.putAll(beyond(stream));
            return after.equals(before) && allHaveEnded(subscriber)
                ? Optional.of(true)
                : Optional.empty();
          });
      Scrape last = scrape();
      assertThat(added(first, last, "tcptop_connections_opened_total", "protocol", "tcp"))
          .isGreaterThanOrEqualTo(2 * PAIRS);
      assertThat(added(first, last, "tcptop_connections_closed_total", "reason", "refused"))
          .isGreaterThanOrEqualTo(leastRefused);
      assertThat(added(first, last, "tcptop_bytes_total", "protocol", "tcp", "direction", "in"))
          .isGreaterThanOrEqualTo(PAIRS * (SENT + ANSWERED));
      assertThat(added(first, last, "tcptop_bytes_total", "protocol", "udp", "direction", "out"))
          .isGreaterThanOrEqualTo(SENT + ANSWERED);
      assertThat(last.sum("tcptop_tcp_rtt_seconds_count")).isGreaterThanOrEqualTo(2 * PAIRS);
      assertThat(last.sum("tcptop_lost_total", "cause", "closes"))
          .isGreaterThanOrEqualTo(leastLost);
      assertThat(added(first, last, "tcptop_connections_closed_total", "reason", "unseen"))
          .isGreaterThanOrEqualTo(leastLost);
      assertThat(last.sum("tcptop_subscribers")).isEqualTo(1);
    }
  }

  private void makeTraffic() throws Exception {
    List<TcpPair> pairs = new ArrayList<>();
    for (int i = 0; i < PAIRS; i++) {
      TcpPair pair = TcpPair.open().send(SENT).answer(ANSWERED);
      pairs.add(pair);
      addEnds(pair.clientPort(), pair.serverPort());
    }
    try (UdpPair udp = UdpPair.open().send(SENT).answer(ANSWERED)) {
      addEnds(udp.clientPort(), udp.serverPort());
      product.awaitRow(udp.clientPort(), udp.serverPort(), row -> true);
    }
    for (TcpPair pair : pairs) {
      pair.close();
    }
    try (Socket refused = new Socket(InetAddress.getLoopbackAddress(), FreePort.find())) {
      throw new AssertionError("a program listens on port " + refused.getPort());
    } catch (ConnectException e) {
      // as expected
    }
  }

  private void addEnds(int port, int otherPort) {
    ends.add(new Ends(port, otherPort));
    ends.add(new Ends(otherPort, port));
  }

  private boolean allHaveEnded(Subscriber subscriber) {
    return subscriber.events(e -> e.is("closed")).stream()
        .map(e -> new Ends(e.localPort(), e.remotePort()))
        .collect(Collectors.toSet())
        .containsAll(ends);
  }

  private static double added(Scrape first, Scrape last, String name, String... labels) {
    return last.sum(name, labels) - first.sum(name, labels);
  }

  /** The difference between counters and stream, once it is the same in two consecutive ticks. */
  private Map<String, Long> awaitSteady(Subscriber subscriber, StreamTotals stream)
      throws Exception {
    return Await.until(
        () -> "a steady difference between counters and stream",
        () -> {
          Map<String, Long> one = beyond(stream);
          subscriber.awaitTicks(1);
          return beyond(stream).equals(one) ? Optional.of(one) : Optional.empty();
        });
  }

  /** The counters minus what the stream has shown. */
  private Map<String, Long> beyond(StreamTotals stream) throws Exception {
    Scrape scrape = scrape();
    Map<String, Long> sums = new TreeMap<>();
    for (String name :
        List.of(
            "tcptop_bytes_total",
            "tcptop_packets_total",
            "tcptop_connections_opened_total",
            "tcptop_connections_closed_total",
            "tcptop_connections",
            "tcptop_tcp_retransmitted_segments_total")) {
      scrape
          .series(name)
          .forEach(
              (labels, value) -> {
                Map<String, String> withoutProcess = new TreeMap<>(labels);
                withoutProcess.remove("process");
                sums.merge(name + withoutProcess, value.longValue(), Long::sum);
              });
    }
    stream.takeOff(sums);
    sums.values().removeIf(difference -> difference == 0);
    return sums;
  }

  @Test
  void theDocumentNamesWhatIsThereAndNoMore() throws Exception {
    start(Launch.listening("--no-stdout"));
    Set<String> names = new TreeSet<>();
    for (String name : scrape().names()) {
      names.add(name.replaceFirst("_(bucket|count|sum|max)$", ""));
    }
    Matcher named =
        Pattern.compile("(?m)^\\| `((?:tcptop|process)_[a-z_]+)")
            .matcher(Files.readString(Launch.HOME.resolve("docs/metrics.md")));
    Set<String> inDocument = new TreeSet<>();
    while (named.find()) {
      inDocument.add(named.group(1));
    }
    assertThat(names).isEqualTo(inDocument);
  }

  @Test
  void noSeriesHasAPidAnAddressOrAPort() throws Exception {
    start(Launch.listening("--no-stdout").with("TCPTOP_METRICS_TOP_PROCESSES", "5"));
    Scrape scrape = scrape();
    Set<String> labels = new TreeSet<>();
    for (String name : scrape.names()) {
      scrape.series(name).keySet().forEach(series -> labels.addAll(series.keySet()));
    }
    assertThat(labels)
        .containsExactly("cause", "direction", "le", "process", "protocol", "reason", "state");
  }
}
