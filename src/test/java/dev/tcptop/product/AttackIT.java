package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.metrics.Scrape;
import dev.tcptop.product.support.Answer;
import dev.tcptop.product.support.Await;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Needs;
import dev.tcptop.product.support.Product;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Clients that ask for all that they may and read none of it, at 20,000 sockets. {@code
 * -Dattack.minutes=10} makes it last longer.
 */
class AttackIT {
  private static final long SECONDS =
      System.getProperty("attack.minutes") == null ? 15 : 60 * Long.getLong("attack.minutes");

  private static final long WORK_NANOS = 5_000_000;

  /** From one client to the next. */
  private static final int PAUSE_MILLIS = 2;

  private static final int UNREAD_STREAMS = 1000;
  private static final int UNREAD_SNAPSHOTS = 230;
  private static final int MALFORMED = 100;

  /** The pod's limit. */
  private static final long MOST_RESIDENT_KIB = 1 << 20;

  /** An answer of health takes this at most, beyond what the machine itself delays a thread. */
  private static final long LONGEST_MILLIS = 100;

  /** Expressions whose evaluation takes the whole budget of a request. */
  private static final String HEAVY =
      IntStream.range('k', 'x')
          .mapToObj(c -> "process ~ \"(" + (char) c + "|b|c|d|e|f|g|h|i|j)*(x|y|z)*(q|r|s)*!$\"")
          .collect(Collectors.joining(" or "));

  private static final String EIGHT_KEYS =
      "protocol,family,direction,state,partial,phase,uid,-since";

  private final List<Socket> sockets = new ArrayList<>();
  private volatile boolean over;

  @BeforeAll
  static void look() throws Exception {
    Needs.rootAnd("env");
  }

  /** Asks for liveness on a new connection, again and again. */
  private final class Prober extends Thread {
    private final Product product;
    final List<Long> millis = new ArrayList<>();

    /** What the machine delayed a thread that had some milliseconds of work, at the same times. */
    final List<Long> machine = new ArrayList<>();

    Prober(Product product) {
      this.product = product;
    }

    @Override
    public void run() {
      try {
        while (!over) {
          long start = System.nanoTime();
          Answer answer = Answer.to(product, "GET /q/health/live HTTP/1.1", "Host: localhost");
          long end = System.nanoTime();
          Thread.sleep(200);
          machine.add(delayOfWork());
          millis.add(
              answer.status() == 200 ? TimeUnit.NANOSECONDS.toMillis(end - start) : 999_999L);
        }
      } catch (IOException | InterruptedException e) {
        millis.add(999_999L);
      }
    }

    private static long delayOfWork() {
      ThreadMXBean threads = ManagementFactory.getThreadMXBean();
      long start = System.nanoTime();
      long done = threads.getCurrentThreadCpuTime();
      while (threads.getCurrentThreadCpuTime() - done < WORK_NANOS) {
        Thread.onSpinWait();
      }
      return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start - WORK_NANOS);
    }

    /** Of a list, the value that so many percent do not exceed. */
    static long percentile(List<Long> values, int percent) {
      List<Long> sorted = values.stream().sorted().toList();
      return sorted.get((sorted.size() - 1) * percent / 100);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Sends a request and reads no answer. */
  private void askWithoutReading(Product product, String path) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.setReceiveBufferSize(4096);
    socket.connect(new InetSocketAddress("127.0.0.1", product.uri("/").getPort()));
    socket
        .getOutputStream()
        .write(
            ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
  }

  private void askAgainAndAgain(Product product, String query) {
    Thread asking =
        new Thread(
            () -> {
              while (!over) {
                try {
                  HttpResponse<String> answer = product.get("/api/v1/connections?" + query);
                  Thread.sleep(answer.statusCode() == 200 ? 0 : 50);
                } catch (IOException | InterruptedException e) {
                  return; // the product ends
                }
              }
            });
    asking.setDaemon(true);
    asking.start();
  }

  private static Process start(String... command) throws IOException {
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static double ticks(Product product) throws Exception {
    return Scrape.of(product.get("/q/metrics").body()).sum("tcptop_tick_seconds_count");
  }

  @EnabledIfSystemProperty(named = "attack.minutes", matches = ".+")
  @Test
  void healthTicksAndClosesGoOn() throws Exception {
    String seconds = Long.toString(SECONDS + 60);
    Process load = start("src/bench/c/.output/load", "hold", "10000", "200", seconds);
    try (Product product = Launch.listening("--no-stdout").startAndWait()) {
      assertThat(load.inputReader().readLine()).isEqualTo("ready");
      Await.untilTrue(
          "20,000 sockets are shown",
          () -> product.json("/api/v1/connections?limit=0").path("total").asInt() >= 20_000);
      Process subscribers =
          start(
              "src/test/c/.output/subscribers_workload",
              Integer.toString(product.uri("/").getPort()),
              "8",
              "2",
              "6",
              "4000000",
              "200",
              Long.toString(SECONDS));
      BufferedReader told = subscribers.inputReader();
      assertThat(told.readLine()).isEqualTo("ready");
      double ticks = ticks(product);
      long start = System.nanoTime();
      Prober prober = new Prober(product);
      prober.start();
      attack(product);
      TimeUnit.SECONDS.sleep(SECONDS);
      over = true;
      prober.join();
      double elapsed = (System.nanoTime() - start) / 1e9;
      for (Socket socket : sockets) {
        socket.close();
      }
      long closed = System.nanoTime();
      Await.untilTrue(
          "a snapshot is answered",
          () -> product.get("/api/v1/connections?limit=1").statusCode() == 200);
      assertThat(System.nanoTime() - closed).isLessThan(TimeUnit.SECONDS.toNanos(10));
      double ticked = ticks(product) - ticks;
      String verdict = String.join("\n", told.lines().toList());
      long resident = residentKib(product);
      System.out.printf(
          "attack of %.0f s: liveness p50 %d, p99 %d, max %d ms of %d (machine: p99 %d, max %d ms);"
              + " %.0f ticks; at most %d MiB resident; %s%n",
          elapsed,
          Prober.percentile(prober.millis, 50),
          Prober.percentile(prober.millis, 99),
          Collections.max(prober.millis),
          prober.millis.size(),
          Prober.percentile(prober.machine, 99),
          Collections.max(prober.machine),
          ticked,
          resident >> 10,
          verdict);
      assertThat(product.stderr()).isEmpty();
      assertThat(Prober.percentile(prober.millis, 95))
          .isLessThan(LONGEST_MILLIS + 5 * Prober.percentile(prober.machine, 95));
      assertThat(Collections.max(prober.millis))
          .isLessThan(1000 + 10 * Collections.max(prober.machine));
      assertThat(ticked).isGreaterThan(elapsed * 0.8);
      assertThat(resident).isLessThan(MOST_RESIDENT_KIB);
      assertThat(subscribers.waitFor()).as(verdict).isZero();
    } finally {
      load.destroyForcibly();
    }
  }

  private void attack(Product product) throws IOException, InterruptedException {
    List<String> filters = List.of("state = ESTABLISHED", "port > 1", "bytesIn >= 0", HEAVY);
    for (int i = 0; i < UNREAD_STREAMS; i++) {
      String filter = filters.get(i % filters.size());
      askWithoutReading(product, "/api/v1/events?filter=" + encoded(filter));
      Thread.sleep(PAUSE_MILLIS);
    }
    for (int i = 0; i < UNREAD_SNAPSHOTS; i++) {
      askWithoutReading(product, "/api/v1/connections");
      Thread.sleep(PAUSE_MILLIS);
    }
    for (int i = 0; i < MALFORMED; i++) {
      askWithoutReading(product, "/%zz" + "a".repeat(2000));
    }
    askAgainAndAgain(product, "filter=" + encoded(HEAVY));
    askAgainAndAgain(product, "limit=20000&sort=" + encoded(EIGHT_KEYS));
  }

  private static long residentKib(Product product) throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(product.pid()), "status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
