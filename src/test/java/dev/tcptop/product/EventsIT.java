package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.FreePort;
import dev.tcptop.product.support.Await;
import dev.tcptop.product.support.Ended;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Needs;
import dev.tcptop.product.support.Product;
import dev.tcptop.product.support.Subscriber;
import dev.tcptop.product.support.Subscriber.Event;
import dev.tcptop.product.support.TcpPair;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The event stream, read with curl. */
class EventsIT {
  private static final Duration INTERVAL = Duration.ofMillis(200);

  private static Product product;

  @BeforeAll
  static void start() throws Exception {
    Needs.rootAnd("env", "curl");
    product =
        Launch.listening("--interval", INTERVAL.toMillis() + "ms", "--no-stdout")
            .checkingJni()
            .startAndWait();
  }

  @AfterAll
  static void stop() throws Exception {
    if (product != null) {
      try (Product running = product) {
        Ended ended = running.end("TERM");
        assertThat(ended.stdout()).isEmpty();
        assertThat(ended.stderr()).isEmpty();
        assertThat(ended.status()).isZero();
      }
    }
  }

  private static Predicate<Event> of(String name, int localPort, int remotePort) {
    return event -> event.is(name) && event.isOf(localPort, remotePort);
  }

  @Test
  void whatExistsIsPresent() throws Exception {
    try (TcpPair pair = TcpPair.open()) {
      product.awaitRow(pair.clientPort(), pair.serverPort(), row -> true);
      try (Subscriber subscriber = Subscriber.sse(product)) {
        Event present =
            subscriber.await("the pair", event -> event.isOf(pair.clientPort(), pair.serverPort()));
        assertThat(present.name()).isEqualTo("present");
        assertThat(present.data().fieldNames())
            .toIterable()
            .containsExactlyInAnyOrder(HttpIT.CONNECTION_KEYS);
        subscriber.awaitTicks(2);
        assertThat(subscriber.events(of("opened", pair.clientPort(), pair.serverPort()))).isEmpty();
      }
    }
  }

  @Test
  void aConnectionsLifeIsTold() throws Exception {
    try (Subscriber subscriber = Subscriber.sse(product)) {
      assertLifeIsTold(subscriber);
    }
  }

  @Test
  void jsonLinesTellTheSame() throws Exception {
    try (Subscriber subscriber = Subscriber.ndjson(product)) {
      assertLifeIsTold(subscriber);
    }
  }

  private static void assertLifeIsTold(Subscriber subscriber) throws Exception {
    subscriber.awaitTicks(1);
    TcpPair pair = TcpPair.open();
    int port = pair.clientPort();
    int remotePort = pair.serverPort();
    try (pair) {
      Event open = subscriber.await("open", of("opened", port, remotePort));
      assertThat(open.data().path("phase").asText()).isEqualTo("new");
      pair.send(5000).answer(70);
      Event update =
          subscriber.await(
              "update",
              of("updated", port, remotePort)
                  .and(event -> event.data().path("bytesIn").asLong() == 70));
      assertThat(update.data().path("id")).isEqualTo(open.data().path("id"));
      pair.send(1);
    }
    Event close = subscriber.await("close", of("closed", port, remotePort));
    assertThat(close.data().path("bytesOut").asLong()).isEqualTo(5001);
    assertThat(close.data().path("bytesIn").asLong()).isEqualTo(70);
    assertThat(close.data().path("phase").asText()).isEqualTo("closed");
    assertThat(close.data().path("closeReason").asText()).isEqualTo("normal");
    assertThat(Instant.parse(close.data().path("closedAt").asText()))
        .isBeforeOrEqualTo(Instant.now());
    subscriber.awaitTicks(3);
    List<Event> all = subscriber.events(event -> event.isOf(port, remotePort));
    assertThat(all.stream().filter(event -> event.is("opened"))).hasSize(1);
    assertThat(all.stream().filter(event -> event.is("closed"))).hasSize(1);
    assertThat(all.get(all.size() - 1).name()).isEqualTo("closed");
    assertThat(subscriber.events())
        .extracting(Event::name)
        .as("no name that a browser's EventSource has for itself: open, message, error")
        .isSubsetOf("present", "opened", "updated", "closed", "tick", "gap", "heartbeat");
  }

  @Test
  void aBriefConnectionOpensAndCloses() throws Exception {
    try (Subscriber subscriber = Subscriber.sse(product)) {
      subscriber.awaitTicks(1);
      TcpPair pair = TcpPair.open().send(10);
      int port = pair.clientPort();
      int remotePort = pair.serverPort();
      pair.close();
      Event close = subscriber.await("close", of("closed", port, remotePort));
      assertThat(subscriber.events(of("opened", port, remotePort))).hasSize(1);
      assertThat(close.data().path("bytesOut").asLong()).isEqualTo(10);
    }
  }

  @Test
  void theReasonOfAnEndIsTold() throws Exception {
    try (Subscriber subscriber = Subscriber.sse(product)) {
      subscriber.awaitTicks(1);
      TcpPair pair = TcpPair.open();
      int port = pair.clientPort();
      int remotePort = pair.serverPort();
      pair.reset();
      Event reset = subscriber.await("the reset end", of("closed", port, remotePort));
      assertThat(reset.data().path("closeReason").asText()).isEqualTo("reset");

      int unused = FreePort.find();
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress("127.0.0.1", unused));
        throw new AssertionError("a program listens on port " + unused);
      } catch (IOException e) {
        Event refused =
            subscriber.await(
                "the refused connect", event -> event.is("closed") && event.remotePort() == unused);
        assertThat(refused.data().path("closeReason").asText()).isEqualTo("refused");
        assertThat(refused.data().path("pid").asLong()).isEqualTo(ProcessHandle.current().pid());
      }
    }
  }

  @Test
  void ticksComeOnceAnInterval() throws Exception {
    try (Subscriber subscriber = Subscriber.sse(product)) {
      subscriber.awaitTicks(11);
      List<Event> ticks = subscriber.events(event -> event.is("tick"));
      Instant first = Instant.parse(ticks.get(0).data().path("time").asText());
      Instant last = Instant.parse(ticks.get(10).data().path("time").asText());
      assertThat(Duration.between(first, last).dividedBy(10))
          .isBetween(INTERVAL.multipliedBy(8).dividedBy(10), INTERVAL.multipliedBy(2));
      assertThat(ticks)
          .allSatisfy(
              tick ->
                  assertThat(tick.data().fieldNames())
                      .toIterable()
                      .containsExactlyInAnyOrder(
                          "time", "total", "opened", "updated", "closed", "complete", "lost"));
    }
  }

  @Test
  void aTickCountsTheEventsBeforeIt() throws Exception {
    try (Subscriber subscriber = Subscriber.sse(product);
        TcpPair pair = TcpPair.open()) {
      subscriber.awaitTicks(1);
      pair.send(1);
      subscriber.awaitTicks(4);
      int opened = 0;
      int updated = 0;
      int closed = 0;
      boolean whole = false;
      for (Event event : subscriber.events()) {
        switch (event.name()) {
          case "opened" -> opened++;
          case "updated" -> updated++;
          case "closed" -> closed++;
          case "tick" -> {
            // The events before the first tick may have begun in the middle of a frame.
            if (whole) {
              assertThat(event.data().path("opened").asInt()).isEqualTo(opened);
              assertThat(event.data().path("updated").asInt()).isEqualTo(updated);
              assertThat(event.data().path("closed").asInt()).isEqualTo(closed);
            }
            whole = true;
            opened = 0;
            updated = 0;
            closed = 0;
          }
          case "present", "gap" -> whole = false;
          default -> {}
        }
      }
    }
  }

  @Test
  void idsNameTheRunAndRise() throws Exception {
    try (Subscriber subscriber = Subscriber.sse(product)) {
      subscriber.awaitTicks(4);
      List<Event> numbered = subscriber.events(event -> !event.id().isEmpty());
      assertThat(numbered.stream().filter(event -> event.is("tick")).count()).isGreaterThan(3);
      assertThat(numbered).allSatisfy(event -> assertThat(event.id()).matches("[^-]+-\\d+"));
      assertThat(numbered.stream().map(event -> event.id().split("-", -1)[0]).distinct())
          .hasSize(1);
      assertThat(
              numbered.stream().map(event -> Long.valueOf(event.id().split("-", -1)[1])).toList())
          .isSorted()
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void subscribersAreCounted() throws Exception {
    try (Subscriber subscriber = Subscriber.sse(product)) {
      subscriber.awaitTicks(1);
      assertThat(product.json("/api/v1/status").path("subscribers").asInt()).isPositive();
    }
    Await.untilTrue(
        "no subscriber is left",
        () -> product.json("/api/v1/status").path("subscribers").asInt() == 0);
  }

  @Test
  void theStreamEndsWithTheProduct() throws Exception {
    try (Product ending = Launch.listening("--no-stdout").startAndWait();
        Subscriber subscriber = Subscriber.sse(ending)) {
      subscriber.awaitTicks(1);
      Ended ended = ending.end("TERM");
      assertThat(ended.status()).isZero();
      assertThat(ended.stderr()).isEmpty();
      assertThat(subscriber.awaitEnd()).as("curl's status").isZero();
    }
  }
}
