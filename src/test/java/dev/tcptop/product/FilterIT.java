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
import dev.tcptop.product.support.Subscriber.Event;
import dev.tcptop.product.support.TcpPair;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The filter language, which is the same for the snapshot, the streams and stdout. */
class FilterIT {
  private static Product product;

  @BeforeAll
  static void start() throws Exception {
    Needs.rootAnd("env", "curl");
    product = Launch.listening("--interval", "200ms", "--no-stdout").startAndWait();
  }

  @AfterAll
  static void stop() throws Exception {
    if (product != null) {
      product.close();
    }
  }

  private static String filter(String filter) {
    return "?filter=" + URLEncoder.encode(filter, StandardCharsets.UTF_8);
  }

  /** Lets both ends of a pair through, and no connection of another program. */
  private static String between(TcpPair pair) {
    String ports = "(" + pair.clientPort() + ", " + pair.serverPort() + ")";
    return "localPort in " + ports + " and remotePort in " + ports;
  }

  private static Predicate<Event> of(String name, TcpPair pair) {
    return event -> event.is(name) && event.isOf(pair.clientPort(), pair.serverPort());
  }

  @Test
  void theSnapshotIsFilteredSortedAndCut() throws Exception {
    try (TcpPair pair = TcpPair.open().send(4000)) {
      String query =
          filter("address in 127.0.0.0/8 and " + between(pair) + " and phase = open")
              + "&sort=-bytesOut&limit=";
      JsonNode both =
          Await.until(
              () -> "both ends",
              () ->
                  java.util.Optional.of(product.json("/api/v1/connections" + query + "5"))
                      .filter(snapshot -> snapshot.path("shown").asInt() == 2));
      assertThat(both.at("/connections/0/bytesOut").asInt()).isEqualTo(4000);
      assertThat(both.at("/connections/1/bytesOut").asInt()).isZero();
      JsonNode one = product.json("/api/v1/connections" + query + "1");
      assertThat(one.path("shown").asInt()).isEqualTo(1);
      assertThat(one.path("total").asInt()).isGreaterThan(1);
      assertThat(one.at("/connections/0/localPort").asInt()).isEqualTo(pair.clientPort());
    }
  }

  @Test
  void aFilteredStreamHasNothingElse() throws Exception {
    try (TcpPair wanted = TcpPair.open();
        TcpPair other = TcpPair.open();
        Subscriber all = Subscriber.sse(product);
        Subscriber some = Subscriber.sse(product, filter(between(wanted)))) {
      some.awaitTicks(1);
      wanted.send(10).close();
      other.send(10).close();
      all.await("the other close", of("closed", other));
      some.await("the close", of("closed", wanted));
      some.awaitTicks(2);
      assertThat(some.events(event -> !event.is("tick")))
          .allMatch(
              event ->
                  event.isOf(wanted.clientPort(), wanted.serverPort())
                      || event.isOf(wanted.serverPort(), wanted.clientPort()));
    }
  }

  @Test
  void aConnectionComesWhenItMatchesAndStaysToItsClose() throws Exception {
    try (TcpPair pair = TcpPair.open();
        Subscriber subscriber =
            Subscriber.ndjson(
                product,
                filter(
                    "localPort = "
                        + pair.clientPort()
                        + " and remotePort = "
                        + pair.serverPort()
                        + " and bytesOut > 1000 and state = ESTABLISHED"))) {
      pair.send(10);
      product.awaitRow(
          pair.clientPort(), pair.serverPort(), row -> row.path("bytesOut").asLong() == 10);
      subscriber.awaitTicks(2);
      assertThat(subscriber.events(event -> !event.is("tick"))).isEmpty();
      pair.send(1990);
      Event open = subscriber.await("the beginning", of("opened", pair));
      assertThat(open.data().path("bytesOut").asInt()).isEqualTo(2000);
      pair.close();
      Event close = subscriber.await("the close", of("closed", pair));
      assertThat(close.data().path("state").asText()).isEqualTo("CLOSE");
      assertThat(close.data().path("bytesOut").asInt()).isEqualTo(2000);
      List<Event> events = subscriber.events(event -> !event.is("tick"));
      assertThat(events.get(0).name()).isEqualTo("opened");
      assertThat(events.get(events.size() - 1).name()).isEqualTo("closed");
    }
  }

  @Test
  void stdoutShowsWhatItsFilterLetsThrough() throws Exception {
    try (TcpPair wanted = TcpPair.open();
        TcpPair other = TcpPair.open();
        Product filtered =
            Launch.listening(
                    "--interval",
                    "200ms",
                    "--filter",
                    "localPort = "
                        + wanted.clientPort()
                        + " and remotePort = "
                        + wanted.serverPort())
                .startAndWait()) {
      wanted.send(10).close();
      other.send(10).close();
      Line line =
          filtered.awaitLine(
              wanted.clientPort(), wanted.serverPort(), seen -> seen.marker().contains("CLOSED"));
      assertThat(line.marker()).isEqualTo("[PARTIAL] [CLOSED]");
      Await.untilTrue("the banner", () -> !filtered.stderr().isEmpty());
      assertThat(filtered.stderr()).hasLineCount(1);
      assertThat(filtered.lines())
          .allMatch(seen -> seen.isBetween(wanted.clientPort(), wanted.serverPort()));
    }
  }

  @Test
  void theTableOfOneIntervalIsFiltered() throws Exception {
    try (TcpPair wanted = TcpPair.open();
        TcpPair other = TcpPair.open()) {
      Ended ended =
          Launch.plain("--once", "--interval", "200ms", "--filter", between(wanted)).run();
      assertThat(ended.status()).isZero();
      assertThat(ended.stdout()).hasLineCount(2).doesNotContain(":" + other.serverPort() + " ");
    }
  }

  @Test
  void whatIsCompressedIsNotHeldBack() throws Exception {
    try (TcpPair pair = TcpPair.open();
        Product slow = Launch.listening("--interval", "1h", "--no-stdout").startAndWait();
        Subscriber subscriber = Subscriber.compressed(slow, filter(between(pair)))) {
      // No further event comes for an hour, whose bytes would flush the first ones.
      subscriber.await("the pair", of("present", pair));
    }
  }
}
