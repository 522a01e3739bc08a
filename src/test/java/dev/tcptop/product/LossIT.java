package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tcptop.product.support.Await;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Needs;
import dev.tcptop.product.support.Product;
import dev.tcptop.product.support.Subscriber;
import dev.tcptop.product.support.Subscriber.Event;
import dev.tcptop.product.support.TcpPair;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** More connections close at once than the ring of closing records holds. */
class LossIT {
  private static final int PAIRS = 300;

  /** One page, the smallest ring: it holds some 24 closing records. */
  private static final String RING_BYTES = "4096";

  private final List<TcpPair> pairs = new ArrayList<>();
  private final Set<Ends> ends = new HashSet<>();
  private Product product;

  /** The ports of one end of a connection. */
  private record Ends(int localPort, int remotePort) {
    static Ends of(JsonNode connection) {
      return new Ends(connection.path("localPort").asInt(), connection.path("remotePort").asInt());
    }
  }

  @BeforeEach
  void start() throws Exception {
    Needs.rootAnd("env", "curl");
    product =
        Launch.listening("--interval", "200ms", "--no-stdout")
            .with("TCPTOP_KERNEL_RING_BYTES", RING_BYTES)
            .checkingJni()
            .startAndWait();
  }

  @AfterEach
  void stop() throws Exception {
    closeAll();
    if (product != null) {
      product.close();
    }
  }

  @Test
  void aBurstOfClosesIsToldAsALossAndLeavesNoGhost() throws Exception {
    try (Subscriber subscriber = Subscriber.sse(product)) {
      subscriber.awaitTicks(1);
      openAll();
      JsonNode before =
          awaitSnapshot("all are shown", snapshot -> rows(snapshot).size() == ends.size());
      Set<String> ids = rows(before).stream().map(LossIT::id).collect(Collectors.toSet());
      assertThat(ids).hasSameSizeAs(ends);

      closeAll();
      Await.untilTrue("all closes", () -> closes(subscriber).size() >= ends.size());
      JsonNode after = product.json("/api/v1/connections");
      List<JsonNode> between = ticksBetween(before, after, subscriber);
      assertThat(between)
          .anySatisfy(tick -> assertThat(lostCloses(tick)).isPositive())
          .filteredOn(tick -> lostCloses(tick) > 0)
          .noneMatch(LossIT::isComplete);
      assertToldAsByTheTicks(before, after, between);

      subscriber.awaitTicks(3);
      List<JsonNode> closes = closes(subscriber);
      assertThat(closes.stream().map(LossIT::id))
          .as("one close for each connection that was shown")
          .containsExactlyInAnyOrderElementsOf(ids);
      assertThat(closes.stream().map(Ends::of)).containsExactlyInAnyOrderElementsOf(ends);
      long found = closes.stream().filter(close -> close.path("closeReason").isNull()).count();
      // Closing records of other programs' connections may be lost as well.
      assertThat(found)
          .as("closes whose record was lost")
          .isBetween(1L, lostCloses(after) - lostCloses(before));
      assertThat(rows(product.json("/api/v1/connections"))).as("ghosts").isEmpty();
    }
  }

  @Test
  void clientsThatAskInTurnAreToldTheSameLoss() throws Exception {
    try (Subscriber subscriber = Subscriber.sse(product)) {
      subscriber.awaitTicks(1);
      openAll();
      JsonNode before =
          awaitSnapshot("all are shown", snapshot -> rows(snapshot).size() == ends.size());
      closeAll();
      JsonNode first =
          awaitSnapshot("closes are lost", now -> lostCloses(now) > lostCloses(before));
      JsonNode second = awaitSnapshot("a tick has passed", now -> time(now).isAfter(time(first)));
      assertToldAsByTheTicks(before, first, ticksBetween(before, first, subscriber));
      assertToldAsByTheTicks(before, second, ticksBetween(before, second, subscriber));
      assertThat(product.json("/api/v1/status").at("/lost/closes").asLong())
          .as("lost since the start, by the status")
          .isGreaterThanOrEqualTo(lostCloses(second));
    }
  }

  /**
   * A snapshot has the sum of all losses, no matter which client asked before, and is complete if
   * its own tick is. Other programs' closes may be lost in any tick, so the ticks say what to
   * expect.
   */
  private static void assertToldAsByTheTicks(
      JsonNode before, JsonNode snapshot, List<JsonNode> between) {
    assertThat(lostCloses(snapshot) - lostCloses(before))
        .isEqualTo(between.stream().mapToLong(LossIT::lostCloses).sum());
    assertThat(isComplete(snapshot)).isEqualTo(isComplete(between.get(between.size() - 1)));
  }

  /** The ticks after one snapshot up to the tick of another, once the subscriber has it. */
  private static List<JsonNode> ticksBetween(JsonNode before, JsonNode after, Subscriber subscriber)
      throws Exception {
    Await.untilTrue(
        "the snapshot's tick",
        () -> ticks(subscriber).stream().anyMatch(tick -> time(tick).equals(time(after))));
    return ticks(subscriber).stream()
        .filter(tick -> time(tick).isAfter(time(before)) && !time(tick).isAfter(time(after)))
        .toList();
  }

  private void openAll() throws IOException {
    for (int i = 0; i < PAIRS; i++) {
      TcpPair pair = TcpPair.open();
      pairs.add(pair);
      ends.add(new Ends(pair.clientPort(), pair.serverPort()));
      ends.add(new Ends(pair.serverPort(), pair.clientPort()));
    }
  }

  private void closeAll() throws IOException {
    for (TcpPair pair : pairs) {
      pair.close();
    }
  }

  private JsonNode awaitSnapshot(String what, Predicate<JsonNode> wanted) throws Exception {
    return Await.until(
        () -> "a snapshot where " + what,
        () -> Optional.of(product.json("/api/v1/connections")).filter(wanted));
  }

  /** The rows of the test's own connections. */
  private List<JsonNode> rows(JsonNode snapshot) {
    List<JsonNode> rows = new ArrayList<>();
    snapshot.path("connections").forEach(rows::add);
    rows.removeIf(row -> !ends.contains(Ends.of(row)));
    return rows;
  }

  /** The closes of the test's own connections. */
  private List<JsonNode> closes(Subscriber subscriber) {
    return subscriber
        .events(
            event ->
                event.is("closed")
                    && ends.contains(new Ends(event.localPort(), event.remotePort())))
        .stream()
        .map(Event::data)
        .toList();
  }

  private static List<JsonNode> ticks(Subscriber subscriber) {
    return subscriber.events(event -> event.is("tick")).stream().map(Event::data).toList();
  }

  private static Instant time(JsonNode of) {
    return Instant.parse(of.path("time").asText());
  }

  private static String id(JsonNode connection) {
    return connection.path("id").asText();
  }

  private static boolean isComplete(JsonNode of) {
    return of.path("complete").asBoolean();
  }

  private static long lostCloses(JsonNode of) {
    return of.at("/lost/closes").asLong();
  }
}
