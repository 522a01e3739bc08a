package dev.tcptop.product;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tcptop.product.support.Subscriber;
import dev.tcptop.product.support.Subscriber.Event;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the events of a stream come to in the series of the metrics. Each event is read once, and a
 * connection that has closed is kept as an id alone: other programs may close hundreds a second.
 */
final class StreamTotals {
  private final Subscriber subscriber;
  private int seen;

  /** Of the connections that have closed. */
  private final Map<String, Long> closed = new HashMap<>();

  private final Set<String> ended = new HashSet<>();
  private final Set<String> opened = new HashSet<>();

  /** The last view of each connection that is open. */
  private final Map<String, JsonNode> open = new HashMap<>();

  StreamTotals(Subscriber subscriber) {
    this.subscriber = subscriber;
  }

  /** Takes the totals of all events so far off these sums. */
  void takeOff(Map<String, Long> sums) {
    List<Event> more = subscriber.eventsFrom(seen);
    seen += more.size();
    more.forEach(this::add);
    closed.forEach((series, number) -> less(sums, series, number));
    Map<String, Long> live = new HashMap<>();
    open.forEach((id, connection) -> count(live, connection, opened.contains(id)));
    live.forEach((series, number) -> less(sums, series, number));
  }

  private void add(Event event) {
    JsonNode data = event.data();
    String id = data.path("id").asText();
    if (id.isEmpty() || ended.contains(id)) {
      return;
    }
    if (event.is("opened")) {
      opened.add(id);
    }
    if (data.path("phase").asText().equals("closed")) {
      count(closed, data, opened.remove(id));
      open.remove(id);
      ended.add(id);
    } else {
      open.put(id, data);
    }
  }

  private static void count(Map<String, Long> sums, JsonNode connection, boolean opened) {
    String protocol = connection.path("protocol").asText();
    for (String direction : List.of("in", "out")) {
      String suffix = direction.equals("in") ? "In" : "Out";
      Map<String, String> labels =
          new TreeMap<>(Map.of("protocol", protocol, "direction", direction));
      more(sums, "tcptop_bytes_total" + labels, connection.path("bytes" + suffix).asLong());
      more(sums, "tcptop_packets_total" + labels, connection.path("packets" + suffix).asLong());
    }
    if (opened) {
      more(sums, "tcptop_connections_opened_total{protocol=" + protocol + "}", 1);
    }
    more(
        sums,
        "tcptop_tcp_retransmitted_segments_total{}",
        connection.path("partial").asBoolean() ? 0 : connection.path("retransmits").asLong());
    if (connection.path("phase").asText().equals("closed")) {
      String reason =
          protocol.equals("udp") ? "idle" : connection.path("closeReason").asText("unseen");
      Map<String, String> labels = new TreeMap<>(Map.of("protocol", protocol, "reason", reason));
      more(sums, "tcptop_connections_closed_total" + labels, 1);
    } else {
      String state = connection.path("state").asText("-");
      Map<String, String> labels = new TreeMap<>(Map.of("protocol", protocol, "state", state));
      more(sums, "tcptop_connections" + labels, 1);
    }
  }

  private static void more(Map<String, Long> sums, String series, long number) {
    sums.merge(series, number, Long::sum);
  }

  private static void less(Map<String, Long> sums, String series, long number) {
    sums.merge(series, -number, Long::sum);
  }
}
