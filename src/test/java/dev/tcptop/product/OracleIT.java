package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tcptop.collect.ebpf.Netns;
import dev.tcptop.product.support.Await;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Needs;
import dev.tcptop.product.support.Product;
import dev.tcptop.product.support.SocketTable;
import dev.tcptop.product.support.SocketTable.ProcRow;
import dev.tcptop.product.support.SocketTable.SsRow;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The snapshot equals {@code /proc/net/tcp}, {@code /proc/net/tcp6} and {@code ss} row by row while
 * the connections are at rest. They are in a network namespace of the test's own.
 */
class OracleIT {
  private static final String SNAPSHOT = "/api/v1/connections";

  private static final int SOCKETS =
      (int) (2250 * Double.parseDouble(System.getProperty("tcptop.test.scale", "1")));

  /** Some sockets retransmit, each time after a longer pause, so rest comes late. */
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  /** A difference that is there in this many comparisons at rest counts as an error. */
  private static final int COMPARISONS = 5;

  private static final int SHOWN = 40;

  private Netns netns;
  private Process workload;
  private BufferedReader said;

  /** The owner, as "pid process", of each end that no process holds. */
  private final Map<String, String> owners = new HashMap<>();

  @BeforeEach
  void prepare() throws IOException {
    Needs.rootAnd("env", "curl", "ip", "nft", "ss");
    netns = Netns.create();
    for (String address : List.of("fd00::1/128", "fd00::2/128", "fe80::1/64")) {
      netns.run("ip", "address", "add", address, "dev", "lo", "nodad");
    }
    netns.run(
        "nft",
        "add table inet t; add chain inet t i { type filter hook input priority 0; };"
            + " add rule inet t i meta mark 7 drop");
  }

  @AfterEach
  void cleanUp() throws Exception {
    if (workload != null) {
      workload.getOutputStream().close();
      workload.destroyForcibly().waitFor();
    }
    netns.close();
  }

  private void awaitWorkload() throws IOException {
    for (String line = said.readLine(); !"ready".equals(line); line = said.readLine()) {
      assertThat(line).as("the workload goes on").isNotNull();
      Map<String, String> words = new HashMap<>();
      for (String word : line.split(" ")) {
        words.put(word.split("=", 2)[0], word.split("=", 2)[1]);
      }
      owners.put(
          SocketTable.end(
              SocketTable.text(words.get("localAddress")),
              Integer.parseInt(words.get("localPort")),
              SocketTable.text(words.get("remoteAddress")),
              Integer.parseInt(words.get("remotePort"))),
          words.get("pid") + " " + words.get("process"));
    }
  }

  private void startWorkload() throws IOException {
    List<String> command = new ArrayList<>(netns.behind());
    command.add(Path.of("src/test/c/.output/sockets_workload").toAbsolutePath().toString());
    command.add(Integer.toString(SOCKETS));
    workload = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    said = workload.inputReader(StandardCharsets.UTF_8);
  }

  @Test
  void atRestTheSnapshotIsWhatTheKernelSays() throws Exception {
    startWorkload();
    Launch launch = Launch.listening("--interval", "200ms", "--no-stdout").in(netns);
    compareAtRest(launch, port -> curl(netns.behind(), port));
  }

  @Test
  void atRestItIsSoInAnotherNamespaceThanItsOwn() throws Exception {
    startWorkload();
    Launch launch = Launch.listening("--interval", "200ms", "--no-stdout");
    compareAtRest(launch, port -> curl(List.of(), port));
  }

  /** The body of the snapshot, once the product answers. */
  private static String curl(List<String> behind, int port) throws Exception {
    List<String> command = new ArrayList<>(behind);
    command.addAll(
        List.of("curl", "-sS", "--retry", "30", "--retry-delay", "1", "--retry-connrefused"));
    command.add("http://127.0.0.1:" + port + SNAPSHOT);
    Process curl =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String answer = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(curl.waitFor()).as("status of curl").isZero();
    return answer;
  }

  /** A way to ask for the snapshot. */
  private interface Snapshots {
    String get(int port) throws Exception;
  }

  private void compareAtRest(Launch launch, Snapshots snapshots) throws Exception {
    int port = launch.port();
    awaitWorkload();
    SocketTable before = SocketTable.read(netns, port);
    try (Product product = launch.start()) {
      snapshotAfter(snapshots, port, Instant.EPOCH);
      SocketTable older = SocketTable.read(netns, port);
      workload.getOutputStream().write('\n');
      workload.getOutputStream().flush();
      awaitWorkload();
      assertThat(product.isAlive()).isTrue();
      compareAtRest(snapshots, port, before, older);
    }
  }

  private void compareAtRest(Snapshots snapshots, int port, SocketTable before, SocketTable older)
      throws Exception {
    List<String> differences = List.of("nothing was at rest");
    Instant deadline = Instant.now().plus(PATIENCE);
    int comparisons = 0;
    int rows = 0;
    while (!differences.isEmpty()
        && comparisons < COMPARISONS
        && Instant.now().isBefore(deadline)) {
      SocketTable table = SocketTable.read(netns, port);
      JsonNode snapshot = snapshotAfter(snapshots, port, Instant.now());
      if (table.isConsistent() && table.equals(SocketTable.read(netns, port))) {
        Map<String, JsonNode> shown = rowsOf(snapshot);
        shown.keySet().removeIf(end -> SocketTable.hasPort(end, port));
        differences = compare(shown, table, before, older);
        rows = table.ss().size();
        comparisons++;
      }
    }
    differences.stream().limit(SHOWN).forEach(System.out::println);
    System.out.printf("OracleIT: %d rows, %d differences%n", rows, differences.size());
    assertThat(differences).as("differences, printed above").hasSize(0);
    assertThat(rows).as("rows compared").isGreaterThan(SOCKETS * 8 / 10);
  }

  /** The snapshot of a tick after this moment. */
  private static JsonNode snapshotAfter(Snapshots snapshots, int port, Instant moment)
      throws Exception {
    return Await.until(
        () -> "a tick after " + moment,
        () -> {
          JsonNode snapshot = Product.JSON.readTree(snapshots.get(port));
          return Optional.of(snapshot)
              .filter(taken -> Instant.parse(taken.path("time").asText()).isAfter(moment));
        });
  }

  /** The open TCP connections of the namespace, by {@link SocketTable#end}. */
  private Map<String, JsonNode> rowsOf(JsonNode snapshot) {
    Map<String, JsonNode> rows = new HashMap<>();
    for (JsonNode row : snapshot.path("connections")) {
      if (row.path("netns").asLong() == netns.inode()
          && row.path("protocol").asText().equals("tcp")
          && !row.path("phase").asText().equals("closed")) {
        String end =
            SocketTable.end(
                SocketTable.text(row.path("localAddress").asText()),
                row.path("localPort").asInt(),
                SocketTable.text(row.path("remoteAddress").asText()),
                row.path("remotePort").asInt());
        assertThat(rows.put(end, row)).as("a second row of %s", end).isNull();
      }
    }
    return rows;
  }

  /** A line for each row that is missing or extra, and for each column that differs. */
  private List<String> compare(
      Map<String, JsonNode> shown, SocketTable table, SocketTable before, SocketTable older) {
    List<String> differences = new ArrayList<>();
    Set<String> ends = new TreeSet<>(shown.keySet());
    ends.addAll(table.ss().keySet());
    for (String end : ends) {
      JsonNode row = shown.get(end);
      SsRow ss = table.ss().get(end);
      if (row == null) {
        differences.add(
            "missing   " + end + ": " + ss + (before.ss().containsKey(end) ? " (older)" : ""));
      } else if (ss == null) {
        differences.add("extra     " + end + ": " + row);
      } else {
        Row columns = new Row(end, row, differences);
        columns.ofProc(table.proc().get(end));
        columns.ofSs(ss, before.ss().containsKey(end));
        columns.sinceStart(ss, before.ss().get(end), older.ss().get(end));
      }
    }
    return differences;
  }

  /** Compares the columns of one row with those of the kernel. */
  private final class Row {
    private final String end;
    private final JsonNode row;
    private final List<String> differences;

    Row(String end, JsonNode row, List<String> differences) {
      this.end = end;
      this.row = row;
      this.differences = differences;
    }

    private void differ(String key, Object wanted) {
      differences.add(
          "different %s: %s is %s, not %s; %s %s"
              .formatted(
                  end,
                  key,
                  row.path(key),
                  wanted,
                  row.path("state").asText(),
                  row.path("pidSource").asText()));
    }

    private void is(String key, Object wanted) {
      if (!row.path(key).asText().equals(String.valueOf(wanted))) {
        differ(key, wanted);
      }
    }

    private void isBetween(String key, long least, long most) {
      if (row.path(key).asLong() < least || row.path(key).asLong() > most) {
        differ(key, least + " to " + most);
      }
    }

    void ofProc(ProcRow proc) {
      is("state", proc.state());
      is("uid", proc.uid());
    }

    void ofSs(SsRow ss, boolean partial) {
      is("family", end.startsWith("[") ? "ipv6" : "ipv4");
      is("partial", partial);
      is("lifetimeBytesIn", ss.bytesIn());
      is("lifetimeBytesOut", ss.bytesOut());
      is("retransmits", ss.retransmits());
      is("rttMicros", ss.rttMicros() < 0 ? null : ss.rttMicros());
      is("minRttMicros", ss.minRttMicros() < 0 ? null : ss.minRttMicros());
      String owner = row.path("pid").asText() + " " + row.path("process").asText();
      Set<String> holders = ss.users();
      if (holders.isEmpty()) {
        // No table says which process left a connection before tcptop started.
        holders = Set.of(partial ? "null null" : owners.get(end));
      }
      if (!holders.contains(owner)) {
        differ("pid", holders);
      }
    }

    /**
     * An older connection counts from the start of tcptop, which lies between two readings of ss:
     * they bound its packets.
     */
    void sinceStart(SsRow now, SsRow before, SsRow older) {
      boolean partial = before != null;
      if (partial && older == null) {
        return; // no upper bound: the socket has moved into another table
      }
      is("bytesIn", partial ? now.bytesIn() - before.bytesIn() : now.bytesIn());
      is("bytesOut", partial ? now.bytesOut() - before.bytesOut() : now.bytesOut());
      isBetween(
          "packetsIn",
          now.packetsIn() - (partial ? older.packetsIn() : 0),
          now.packetsIn() - (partial ? before.packetsIn() : 0));
      isBetween(
          "packetsOut",
          now.packetsOut() - (partial ? older.packetsOut() : 0),
          now.packetsOut() - (partial ? before.packetsOut() : 0));
    }
  }
}
