package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.product.support.Await;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Needs;
import dev.tcptop.product.support.Product;
import dev.tcptop.product.support.Subscriber;
import dev.tcptop.product.support.Subscriber.Event;
import dev.tcptop.product.support.TcpPair;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that return to the event stream, and streams that are idle. */
class ResumeIT {
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

  private interface Client {
    Subscriber subscribe(Product product) throws Exception;
  }

  private interface ReturningClient {
    Subscriber subscribe(Product product, String lastEventId) throws Exception;
  }

  @Test
  void aReturningClientGetsTheClosesThatItMissed() throws Exception {
    assertMissedClosesCome(Subscriber::sse, Subscriber::sseAfter);
  }

  @Test
  void jsonLinesResumeTheSameWay() throws Exception {
    assertMissedClosesCome(Subscriber::ndjson, Subscriber::ndjsonAfter);
  }

  private static void assertMissedClosesCome(Client first, ReturningClient again) throws Exception {
    TcpPair known = TcpPair.open();
    TcpPair staying = TcpPair.open();
    try (known;
        staying) {
      String lastId;
      try (Subscriber subscriber = first.subscribe(product)) {
        subscriber.await("it", e -> e.isOf(known.clientPort(), known.serverPort()));
        subscriber.awaitTicks(2);
        List<Event> withId = subscriber.events(event -> !event.id().isEmpty());
        lastId = withId.get(withId.size() - 1).id();
      }
      known.close();
      TcpPair brief = TcpPair.open();
      brief.close();
      try (Subscriber other = Subscriber.sse(product)) {
        other.awaitTicks(3); // until both closes are past
      }
      try (Subscriber back = again.subscribe(product, lastId)) {
        back.awaitTicks(2);
        List<Event> events = List.copyOf(back.events());
        assertThat(closes(events, known)).hasSize(1);
        assertThat(closes(events, brief)).hasSize(1);
        assertThat(events).noneMatch(event -> event.is("gap"));
        assertThat(events)
            .anyMatch(
                event ->
                    event.is("present") && event.isOf(staying.clientPort(), staying.serverPort()));
        assertThat(events.get(0).name()).as("closes come first").isEqualTo("closed");
      }
    }
  }

  private static List<Event> closes(List<Event> events, TcpPair pair) {
    return events.stream()
        .filter(event -> event.is("closed") && event.isOf(pair.clientPort(), pair.serverPort()))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"anotherrun-742", "nonsense", "-", "1", "\u00e9"})
  void anIdOfAnotherRunOrNonsenseGetsAGap(String id) throws Exception {
    try (Subscriber back = Subscriber.sseAfter(product, id)) {
      back.awaitTicks(1);
      Event gap = back.events().get(0);
      assertThat(gap.name()).isEqualTo("gap");
      assertThat(gap.data().path("missed").isNull()).isTrue();
      assertThat(back.events().get(1).name()).isEqualTo("present");
    }
  }

  @Test
  void anIdleStreamHasHeartbeats() throws Exception {
    try (Product idle = Launch.listening("--interval", "1h", "--no-stdout").startAndWait();
        Subscriber sse = Subscriber.sse(idle);
        Subscriber ndjson = Subscriber.ndjson(idle)) {
      Await.untilTrue("heartbeats", () -> sse.heartbeats() > 0 && ndjson.heartbeats() > 0);
      assertThat(sse.events(event -> event.is("tick"))).isEmpty();
    }
  }
}
