package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

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

/** Clients that return to a stream with a filter. */
class FilteredResumeIT {
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

  /**
   * The product does not remember which connections it showed to the client before. The other pair
   * may be one of them, and the gap stands for its close.
   */
  @Test
  void aReturningClientGetsItsClosesAndAGapForTheOthers() throws Exception {
    TcpPair wanted = TcpPair.open();
    TcpPair other = TcpPair.open();
    try (wanted;
        other;
        TcpPair staying = TcpPair.open()) {
      String query =
          "?filter=localPort%20in%20("
              + wanted.clientPort()
              + ","
              + staying.clientPort()
              + ")%20and%20remotePort%20in%20("
              + wanted.serverPort()
              + ","
              + staying.serverPort()
              + ")";
      String lastId = lastIdAfterSeeing(wanted, query);
      wanted.close();
      other.close();
      try (Subscriber meanwhile = Subscriber.sse(product)) {
        meanwhile.awaitTicks(3); // until both closes are past
      }
      try (Subscriber back = Subscriber.sseAfter(product, query, lastId)) {
        back.awaitTicks(2);
        List<Event> events = List.copyOf(back.events());
        assertThat(events)
            .extracting(Event::name)
            .startsWith("closed", "gap", "present")
            .filteredOn("present"::equals)
            .hasSize(1);
        assertThat(events.get(0).isOf(wanted.clientPort(), wanted.serverPort())).isTrue();
        assertThat(events.get(1).data().path("missed").isNull()).isTrue();
        assertThat(events.get(2).isOf(staying.clientPort(), staying.serverPort())).isTrue();
        assertThat(events.get(2).id()).isNotEmpty();
      }
    }
  }

  private static String lastIdAfterSeeing(TcpPair pair, String query) throws Exception {
    try (Subscriber subscriber = Subscriber.sse(product, query)) {
      subscriber.await("it", event -> event.isOf(pair.clientPort(), pair.serverPort()));
      subscriber.awaitTicks(2);
      List<Event> withId = subscriber.events(event -> !event.id().isEmpty());
      return withId.get(withId.size() - 1).id();
    }
  }
}
