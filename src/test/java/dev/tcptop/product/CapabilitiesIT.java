package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tcptop.collect.ebpf.Netns;
import dev.tcptop.config.SystemUser;
import dev.tcptop.product.support.Await;
import dev.tcptop.product.support.Ended;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Needs;
import dev.tcptop.product.support.Product;
import dev.tcptop.product.support.Subscriber;
import dev.tcptop.product.support.TcpPair;
import dev.tcptop.product.support.UdpPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The privileges that each thread of tcptop keeps once the service runs, and that they are enough.
 */
class CapabilitiesIT {
  private static final String NONE = "0".repeat(16);
  private static final String BPF = "0000008000000000";

  private static final SystemUser USER = SystemUser.usual();

  private static Product product;

  @BeforeAll
  static void start() throws Exception {
    Needs.rootAnd("env", "setpriv", "ip", "curl");
    product =
        Launch.listening("--interval", "200ms", "--no-stdout")
            .by("setpriv", "--groups=0,4")
            .checkingJni()
            .startAndWait();
    awaitDropped(product);
  }

  @AfterAll
  static void stop() throws Exception {
    if (product != null) {
      try (Product running = product) {
        Ended ended = running.end("TERM");
        assertThat(ended.status()).isZero();
        assertThat(ended.stderr()).doesNotContain("WARNING", "sample failed");
      }
    }
  }

  /** CAP_BPF before Linux 5.19, where the bpf() calls of a tick need it; none from then on. */
  private static String expected() {
    String[] release = System.getProperty("os.version").split("[.-]");
    int major = Integer.parseInt(release[0]);
    return major > 5 || (major == 5 && Integer.parseInt(release[1]) >= 19) ? NONE : BPF;
  }

  /** Each thread drops the effective capabilities last, after all that the tests look at. */
  private static void awaitDropped(Product product) throws Exception {
    Await.untilTrue(
        "all threads have dropped their capabilities",
        () ->
            threads(product).stream().allMatch(thread -> expected().equals(thread.get("CapEff"))));
  }

  /** The entries of {@code /proc/PID/task/TID/status}, for each thread. */
  private static List<Map<String, String>> threads(Product product) throws IOException {
    List<Map<String, String>> threads = new ArrayList<>();
    try (Stream<Path> tasks = Files.list(Path.of("/proc", "" + product.pid(), "task"))) {
      for (Path task : tasks.toList()) {
        Map<String, String> status = new TreeMap<>();
        try (Stream<String> lines = Files.lines(task.resolve("status"))) {
          lines.map(line -> line.split(":\\s*", 2)).forEach(line -> status.put(line[0], line[1]));
        } catch (IOException e) {
          continue; // the thread has ended
        }
        threads.add(status);
      }
    }
    return threads;
  }

  private static String fourTimes(int id) {
    return String.join("\t", Collections.nCopies(4, Integer.toUnsignedString(id)));
  }

  @Tag("matrix")
  @Test
  void noThreadOfRootKeepsWhatIsNotNeeded() throws Exception {
    assertThat(threads(product))
        .hasSizeGreaterThan(5)
        .allSatisfy(
            thread ->
                assertThat(thread)
                    .containsEntry("Uid", fourTimes(USER.uid()))
                    .containsEntry("Gid", fourTimes(USER.gid()))
                    .containsEntry("Groups", "")
                    .containsEntry("CapInh", NONE)
                    .containsEntry("CapPrm", expected())
                    .containsEntry("CapEff", expected())
                    .containsEntry("CapBnd", expected())
                    .containsEntry("CapAmb", NONE)
                    .containsEntry("NoNewPrivs", "1"));
  }

  @Test
  void noThreadOfAnotherUserDoes() throws Exception {
    try (Product other =
            Launch.listening("--interval", "200ms", "--no-stdout")
                .asNobodyWith("bpf", "perfmon", "net_admin")
                .startAndWait();
        TcpPair pair = TcpPair.open().send(5);
        UdpPair udp = UdpPair.open().send(7)) {
      awaitDropped(other);
      assertThat(threads(other))
          .hasSizeGreaterThan(5)
          .allSatisfy(
              thread ->
                  assertThat(thread)
                      .containsEntry("CapInh", NONE)
                      .containsEntry("CapPrm", expected())
                      .containsEntry("CapEff", expected())
                      .containsEntry("CapAmb", NONE));
      other.awaitRow(
          pair.clientPort(), pair.serverPort(), row -> row.path("bytesOut").asLong() == 5);
      other.awaitRow(udp.clientPort(), udp.serverPort(), row -> !row.path("pid").isNull());
    }
  }

  @Test
  void ownersAreStillFound() throws Exception {
    try (TcpPair tcp = TcpPair.open().send(123);
        UdpPair udp = UdpPair.open().send(45)) {
      for (JsonNode row :
          List.of(
              product.awaitRow(
                  tcp.serverPort(),
                  tcp.clientPort(),
                  seen ->
                      seen.path("pidSource").asText().equals("fd")
                          || seen.path("pidSource").asText().equals("accept")),
              product.awaitRow(
                  udp.clientPort(), udp.serverPort(), seen -> !seen.path("pid").isNull()))) {
        assertThat(row.path("pid").asLong()).isEqualTo(ProcessHandle.current().pid());
      }
    }
  }

  @Test
  void otherNamespacesAreStillSeen() throws Exception {
    try (Netns netns = Netns.create();
        Subscriber subscriber = Subscriber.sse(product)) {
      subscriber.awaitTicks(1);
      netns.run("bash", "-c", ": </dev/tcp/127.0.0.1/9 || echo x >/dev/udp/127.0.0.1/9");
      for (String protocol : List.of("tcp", "udp")) {
        JsonNode seen =
            subscriber
                .await(
                    protocol + " in the namespace",
                    event ->
                        event.data().path("netns").asLong() == netns.inode()
                            && event.data().path("protocol").asText().equals(protocol))
                .data();
        assertThat(seen.path("process").asText()).isEqualTo("bash");
        assertThat(seen.path("remotePort").asInt()).isEqualTo(9);
      }
    }
  }
}
