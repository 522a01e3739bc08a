package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.product.support.Await;
import dev.tcptop.product.support.Crowd;
import dev.tcptop.product.support.Ended;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Needs;
import dev.tcptop.product.support.Product;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Thousands of subscribers. */
class CrowdIT {
  private static final int MANY = 1000;
  private static final int STALLED = 50;

  /** Arguments of {@code subscribers_workload.c} that fit into the time of a build. */
  private static final String SOAK = "40 4 36 4000000 1000 12";

  /** Seconds. In a shorter run the buffers have not reached their final size at the end. */
  private static final int LONG = 300;

  @BeforeAll
  static void look() throws Exception {
    Needs.rootAnd("env");
  }

  @Test
  void aSignalEndsAllStreamsAsTheyShouldEnd() throws Exception {
    try (Product product = Launch.listening("--no-stdout").startAndWait();
        Crowd crowd = new Crowd(product, MANY)) {
      crowd.awaitBegun(MANY - STALLED);
      product.signal("TERM");
      assertThat(crowd.readToTheEnd()).as("streams without a proper end").isEmpty();
      Ended ended = product.awaitEnd();
      assertThat(ended.status())
          .as("0: the streams ended within the five seconds that they have")
          .isZero();
      assertThat(ended.stderr()).isEmpty();
    }
  }

  @Test
  void aStalledSubscriberDoesNotHoldUpTheEnd() throws Exception {
    try (Product product = Launch.listening("--interval", "100ms", "--no-stdout").startAndWait();
        Crowd crowd = new Crowd(product, 100)) {
      crowd.awaitBegun(1);
      awaitSubscribers(product, 100);
      Ended ended = product.end("TERM");
      assertThat(ended.status()).isZero();
      assertThat(ended.stderr()).isEmpty();
    }
  }

  @Test
  void subscribersThatVanishLeaveNothingBehind() throws Exception {
    try (Product product = Launch.listening("--interval", "100ms", "--no-stdout").startAndWait()) {
      awaitSubscribers(product, 0);
      // The first subscribers start event loops, whose descriptors stay.
      vanish(product, 10);
      long before = descriptors(product);
      for (int times = 0; times < 3; times++) {
        vanish(product, MANY);
      }
      Await.untilTrue("as many descriptors as before", () -> descriptors(product) <= before);
      assertThat(product.stderr()).isEmpty();
    }
  }

  private static void vanish(Product product, int number) throws Exception {
    try (Crowd crowd = new Crowd(product, number)) {
      awaitSubscribers(product, number);
      crowd.vanish();
    }
    awaitSubscribers(product, 0);
  }

  private static void awaitSubscribers(Product product, int number) throws Exception {
    Await.untilTrue(
        number + " subscribers",
        () -> product.json("/api/v1/status").path("subscribers").asInt() == number);
  }

  private static long descriptors(Product product) throws Exception {
    try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(product.pid()), "fd"))) {
      return open.count();
    }
  }

  /**
   * A long run takes {@code -Dtcptop.test.soak="1000 50 5 100000 2000 600"} and more of
   * tcptop.test.patience.
   */
  @Test
  void everyCloseIsDeliveredOrCoveredByAGap() throws Exception {
    try (Product product = Launch.listening("--no-stdout").startAndWait()) {
      List<String> arguments = List.of(System.getProperty("tcptop.test.soak", SOAK).split(" ", -1));
      List<String> command = new ArrayList<>();
      command.add("src/test/c/.output/subscribers_workload");
      command.add(Integer.toString(product.uri("/").getPort()));
      command.addAll(arguments);
      Process workload = new ProcessBuilder(command).redirectErrorStream(true).start();
      BufferedReader output = workload.inputReader();
      System.out.println(output.readLine());
      List<Long> megabytes = megabytesEachSecond(product, arguments.get(arguments.size() - 1));
      String end = String.join("\n", output.lines().toList());
      System.out.println(end);
      System.out.println("resident, MB, by the second: " + megabytes);
      assertThat(workload.waitFor()).as(end).isZero();
      assertFlat(megabytes);
      assertThat(product.json("/api/v1/status").at("/lost/closes").asLong()).isZero();
      awaitSubscribers(product, 0);
      assertThat(product.stderr()).isEmpty();
    }
  }

  private static List<Long> megabytesEachSecond(Product product, String seconds) throws Exception {
    List<Long> megabytes = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(seconds); i++) {
      Thread.sleep(1000);
      megabytes.add(product.json("/api/v1/status").at("/cost/residentBytes").asLong() / 1_000_000);
    }
    return megabytes;
  }

  /** The second half of a long run needs at most a tenth more memory than the first. */
  private static void assertFlat(List<Long> megabytes) {
    if (megabytes.size() >= LONG) {
      int half = megabytes.size() / 2;
      assertThat(Collections.max(megabytes.subList(half, megabytes.size())))
          .as("resident in the second half, MB")
          .isLessThanOrEqualTo(Collections.max(megabytes.subList(0, half)) * 11 / 10);
    }
  }
}
