package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tcptop.metrics.Scrape;
import dev.tcptop.product.support.Await;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Needs;
import dev.tcptop.product.support.Product;
import dev.tcptop.product.support.Subscriber;
import dev.tcptop.product.support.Subscriber.Event;
import dev.tcptop.product.support.TcpPair;
import dev.tcptop.product.support.UdpPair;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is at /q/metrics. The counters are the whole machine's, others' traffic among it, so they
 * are compared with the event stream, which tells of the same: what was before the subscriber came
 * is the difference between the two, and that must not change.
 */
class MetricsIT {
  private static final int PAIRS = 200;
  private static final int SENT = 1_000;
  private static final int ANSWERED = 500;

  private Product product;
  private int flowPort;

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

  /** With a ring that takes all closes, and with one that loses most. */
  @ParameterizedTest
  @CsvSource({"8388608, 1, 0", "4096, 0, 50"})
  void theCountersAreExact(String ringBytes, int leastRefused, int leastLost) throws Exception {
    start(
        Launch.listening("--interval", "500ms", "--udp-idle", "500ms", "--no-stdout")
            .with("TCPTOP_KERNEL_RING_BYTES", ringBytes)
            .with("TCPTOP_METRICS_TOP_PROCESSES", "3"));
    try (Subscriber subscriber = Subscriber.ndjson(product)) {
      subscriber.awaitTicks(1);
      Map<String, Long> before = awaitSteady(subscriber);
      Scrape first = scrape();

      makeTraffic();

      Map<String, Long> after = new TreeMap<>();
      Await.until(
          () -> "beyond the stream: " + before + " before, " + after + " after",
          () -> {
            after.clear();
            after.putAll(beyond(subscriber));
            return after.equals(before) && theFlowHasEnded(subscriber)
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
      pairs.add(TcpPair.open().send(SENT).answer(ANSWERED));
    }
    try (UdpPair udp = UdpPair.open().send(SENT).answer(ANSWERED)) {
      flowPort = udp.clientPort();
      product.awaitRow(udp.clientPort(), udp.serverPort(), row -> true);
    }
    for (TcpPair pair : pairs) {
      pair.close();
    }
    try (Socket refused = new Socket(InetAddress.getLoopbackAddress(), Launch.freePort())) {
      throw new AssertionError("somebody listens at " + refused.getPort());
    } catch (ConnectException e) {
      // as it must be
    }
  }

  private boolean theFlowHasEnded(Subscriber subscriber) {
    return !subscriber
        .events(e -> e.is("closed") && e.data().path("localPort").asInt() == flowPort)
        .isEmpty();
  }

  private static double added(Scrape first, Scrape last, String name, String... labels) {
    return last.sum(name, labels) - first.sum(name, labels);
  }

  /** The difference between counters and stream, once two ticks in turn have the same. */
  private Map<String, Long> awaitSteady(Subscriber subscriber) throws Exception {
    return Await.until(
        () -> "counters and stream keep their distance",
        () -> {
          Map<String, Long> one = beyond(subscriber);
          subscriber.awaitTicks(1);
          return beyond(subscriber).equals(one) ? Optional.of(one) : Optional.empty();
        });
  }

  /** What the counters have and the stream has not told. */
  private Map<String, Long> beyond(Subscriber subscriber) throws Exception {
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
    Map<String, JsonNode> last = new HashMap<>();
    Set<String> began = new TreeSet<>();
    for (Event event : subscriber.events()) {
      if (event.data().has("id")) {
        last.put(event.data().path("id").asText(), event.data());
        if (event.is("opened")) {
          began.add(event.data().path("id").asText());
        }
      }
    }
    last.forEach((id, connection) -> takeOff(sums, connection, began.contains(id)));
    sums.values().removeIf(difference -> difference == 0);
    return sums;
  }

  private static void takeOff(Map<String, Long> sums, JsonNode connection, boolean began) {
    String protocol = connection.path("protocol").asText();
    for (String direction : List.of("in", "out")) {
      String suffix = direction.equals("in") ? "In" : "Out";
      Map<String, String> labels =
          new TreeMap<>(Map.of("protocol", protocol, "direction", direction));
      less(sums, "tcptop_bytes_total" + labels, connection.path("bytes" + suffix).asLong());
      less(sums, "tcptop_packets_total" + labels, connection.path("packets" + suffix).asLong());
    }
    if (began) {
      less(sums, "tcptop_connections_opened_total{protocol=" + protocol + "}", 1);
    }
    less(
        sums,
        "tcptop_tcp_retransmitted_segments_total{}",
        connection.path("partial").asBoolean() ? 0 : connection.path("retransmits").asLong());
    if (connection.path("phase").asText().equals("closed")) {
      String reason =
          protocol.equals("udp") ? "idle" : connection.path("closeReason").asText("unseen");
      Map<String, String> labels = new TreeMap<>(Map.of("protocol", protocol, "reason", reason));
      less(sums, "tcptop_connections_closed_total" + labels, 1);
    } else {
      String state = connection.path("state").asText("-");
      Map<String, String> labels = new TreeMap<>(Map.of("protocol", protocol, "state", state));
      less(sums, "tcptop_connections" + labels, 1);
    }
  }

  private static void less(Map<String, Long> sums, String series, long number) {
    sums.merge(series, -number, Long::sum);
  }

  @Test
  void theReadmeNamesWhatIsThereAndNoMore() throws Exception {
    start(Launch.listening("--no-stdout"));
    Set<String> names = new TreeSet<>();
    for (String name : scrape().names()) {
      names.add(name.replaceFirst("_(bucket|count|sum|max)$", ""));
    }
    Matcher named =
        Pattern.compile("(?m)^\\| `((?:tcptop|process)_[a-z_]+)")
            .matcher(Files.readString(Launch.HOME.resolve("README.md")));
    Set<String> inReadme = new TreeSet<>();
    while (named.find()) {
      inReadme.add(named.group(1));
    }
    assertThat(names).isEqualTo(inReadme);
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
