package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Product;
import dev.tcptop.product.support.Subscriber;
import dev.tcptop.product.support.TcpPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The wall clock jumps. It runs in a virtual machine alone, where that harms no other program. */
@Tag("matrix")
@EnabledIfSystemProperty(named = "tcptop.test.clock", matches = "mine")
class ClockIT {
  private static final int BYTES = 1_000;
  private static final Duration PAUSE = Duration.ofMillis(50);

  /** The sender on a slow machine has to catch up, and may be this much faster than was meant. */
  private static final long MOST_PER_SECOND = 5 * BYTES * 1_000 / PAUSE.toMillis();

  /** Forward, backward, and back to the right time. */
  private static final List<Duration> JUMPS =
      List.of(Duration.ofDays(3650), Duration.ofDays(-7300), Duration.ofDays(3650));

  @Test
  void aClockThatJumpsHarmsNoRate() throws Exception {
    try (Product product = Launch.listening("--no-stdout").startAndWait();
        TcpPair pair = TcpPair.open();
        Subscriber subscriber = Subscriber.sse(product);
        Sender sender = new Sender(pair)) {
      subscriber.awaitTicks(2);
      Instant before = Instant.now();
      for (Duration jump : JUMPS) {
        set(Instant.now().plus(jump));
        subscriber.awaitTicks(3);
      }
      assertThat(sender.isAlive()).isTrue();

      List<JsonNode> updates =
          subscriber.events(e -> e.isOf(pair.clientPort(), pair.serverPort())).stream()
              .map(Subscriber.Event::data)
              .filter(row -> row.path("phase").asText().equals("open"))
              .toList();
      assertThat(updates).hasSizeGreaterThan(4);
      assertThat(updates)
          .allSatisfy(
              row ->
                  assertThat(row.path("bytesOutPerSecond").asLong())
                      .isBetween(1L, MOST_PER_SECOND));
      assertThat(updates)
          .as("times follow the clock")
          .anySatisfy(
              row ->
                  assertThat(Instant.parse(row.path("lastSeen").asText()))
                      .isAfter(before.plus(Duration.ofDays(3000))));
      assertThat(product.get("/q/health/live").statusCode()).isEqualTo(200);
      assertThat(product.stderr()).isEmpty();
    }
  }

  private static void set(Instant time) throws Exception {
    int status =
        new ProcessBuilder("date", "--set", "@" + time.getEpochSecond())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()
            .waitFor();
    assertThat(status).as("status of date").isZero();
  }

  /** Sends on the pair until it is closed. */
  private static final class Sender implements AutoCloseable {
    private final Thread thread;

    Sender(TcpPair pair) {
      thread =
          new Thread(
              () -> {
                try {
                  while (!Thread.interrupted()) {
                    pair.send(BYTES);
                    Thread.sleep(PAUSE.toMillis());
                  }
                } catch (Exception e) {
                  Thread.currentThread().interrupt();
                }
              },
              "sender");
      thread.setDaemon(true);
      thread.start();
    }

    boolean isAlive() {
      return thread.isAlive();
    }

    @Override
    public void close() throws InterruptedException {
      thread.interrupt();
      thread.join();
    }
  }
}
