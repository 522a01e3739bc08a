package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.product.support.Await;
import dev.tcptop.product.support.Ended;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Line;
import dev.tcptop.product.support.Needs;
import dev.tcptop.product.support.Product;
import dev.tcptop.product.support.Subscriber;
import dev.tcptop.product.support.TcpPair;
import dev.tcptop.product.support.UdpPair;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Faults of stdout, which hold up no other output, and two products beside each other. */
class StdoutFaultsIT {
  private static final String[] QUICK = {"--interval", "100ms", "--bytes", "both"};

  @TempDir private Path directory;

  @BeforeAll
  static void look() throws Exception {
    Needs.rootAnd("env", "curl", "mount", "mkfifo");
  }

  /** Starts the product through a shell, which redirects stdout and then execs the launcher. */
  private static Product startInto(String redirection) throws Exception {
    Launch launch = Launch.listening(QUICK);
    Product product =
        launch.start(List.of("bash", "-c", "exec " + launch.commandLine() + " " + redirection));
    try {
      product.awaitReady();
      return product;
    } catch (Exception | AssertionError e) {
      product.close();
      throw e;
    }
  }

  /** The event stream goes on, a new connection is shown, and the product ends with status 0. */
  private static Ended assertServesAndEnds(Product product, TcpPair chatting) throws Exception {
    try (Subscriber subscriber = Subscriber.sse(product);
        TcpPair pair = TcpPair.open()) {
      for (int i = 0; i < 10; i++) {
        chatting.send(1);
        subscriber.awaitTicks(1);
      }
      product.awaitRow(pair.clientPort(), pair.serverPort(), row -> true);
    }
    Ended ended = product.end("TERM");
    assertThat(ended.status()).isZero();
    return ended;
  }

  @Test
  void aFullDeviceIsReportedOnce() throws Exception {
    try (TcpPair pair = TcpPair.open();
        Product product = startInto(">/dev/full")) {
      Ended ended = assertServesAndEnds(product, pair);
      assertThat(ended.stderr().lines().filter(line -> !line.contains("http://")))
          .singleElement()
          .asString()
          .startsWith("tcptop: stdout can't be written: No space left on device");
    }
  }

  @Test
  void aTableThatCantBeWrittenIsAFailure() throws Exception {
    Launch launch = Launch.plain("--once", "--interval", "100ms");
    try (TcpPair pair = TcpPair.open();
        Product product =
            launch.start(List.of("bash", "-c", "exec " + launch.commandLine() + " >/dev/full"))) {
      Ended ended = product.awaitEnd();
      assertThat(ended.status()).isEqualTo(1);
      assertThat(ended.stderr())
          .isEqualTo("error: stdout can't be written: No space left on device\n");
    }
  }

  @Test
  void aDiskThatHasRoomAgainIsWrittenAgain() throws Exception {
    run("mount", "-t", "tmpfs", "-o", "size=64k", "tcptop-it", directory.toString());
    try (TcpPair pair = TcpPair.open()) {
      Path file = directory.resolve("lines");
      try (Product product = startInto(">>" + file)) {
        awaitStderr(product, pair, "stdout can't be written: No space left on device");
        run("truncate", "--size=0", file.toString());
        awaitStderr(product, pair, "stdout is written again");
        Await.untilTrue("lines", () -> Files.size(file) > 0);
        List<String> lines = Files.readAllLines(file);
        assertThat(lines.get(0)).as("the line end after a line that was cut").isEmpty();
        Line.parse(lines.get(1));
        assertServesAndEnds(product, pair);
      }
    } finally {
      run("umount", "--lazy", directory.toString());
    }
  }

  private static void awaitStderr(Product product, TcpPair pair, String text) throws Exception {
    Await.untilTrue(
        text,
        () -> {
          pair.send(1); // so that a further line is due
          return product.stderr().contains(text);
        });
  }

  @Test
  void aReaderThatDoesNotReadHoldsUpNothingElse() throws Exception {
    Path pipe = directory.resolve("pipe");
    run("mkfifo", pipe.toString());
    // The pipe is open for reading as well, and nothing reads it.
    try (TcpPair pair = TcpPair.open();
        Product product = startInto("<>" + pipe + " >" + pipe)) {
      Path writer = Path.of("/proc", Long.toString(product.pid()), "task");
      Await.untilTrue(
          "the writer waits for the pipe",
          () -> {
            pair.send(1);
            return waitsForPipe(writer);
          });
      Ended ended = assertServesAndEnds(product, pair);
      assertThat(ended.stderr()).startsWith("tcptop ").hasLineCount(1);
    }
  }

  private static boolean waitsForPipe(Path threads) throws Exception {
    try (var list = Files.list(threads)) {
      for (Path thread : list.toList()) {
        if (Files.readString(thread.resolve("wchan")).contains("pipe_write")
            || Files.readString(thread.resolve("syscall")).startsWith("1 0x1 ")) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void twoBesideEachOtherSeeTheSame() throws Exception {
    try (Product one = Launch.listening("--interval", "100ms", "--no-stdout").startAndWait();
        Product other = Launch.listening("--interval", "100ms", "--no-stdout").startAndWait();
        TcpPair tcp = TcpPair.open().send(1000).answer(70);
        UdpPair udp = UdpPair.open().send(5)) {
      for (Product product : List.of(one, other)) {
        var row =
            product.awaitRow(
                tcp.clientPort(), tcp.serverPort(), r -> r.path("bytesIn").asLong() == 70);
        assertThat(row.path("bytesOut").asLong()).isEqualTo(1000);
        assertThat(row.path("pid").asLong()).isEqualTo(ProcessHandle.current().pid());
        product.awaitRow(udp.clientPort(), udp.serverPort(), r -> r.path("bytesOut").asLong() == 5);
      }
      assertThat(one.end("KILL").status()).isEqualTo(137);
      tcp.send(1);
      other.awaitRow(tcp.clientPort(), tcp.serverPort(), r -> r.path("bytesOut").asLong() == 1001);
    }
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(String.join(" ", command)).isZero();
  }
}
