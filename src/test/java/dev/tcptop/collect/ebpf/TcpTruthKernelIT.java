package dev.tcptop.collect.ebpf;

import dev.tcptop.collect.ebpf.Workload.Comparison;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * TCP traffic whose every figure the workload knows: 0 wrong of all.
 *
 * <p>A row has a name, the workload, how many connections, and how many RSTs each sends that no
 * socket counts ({@link Balance}; none: it depends). The property {@code tcptop.test.scale} makes
 * the numbers smaller for slow machines.
 */
class TcpTruthKernelIT {
  private static final double SCALE =
      Double.parseDouble(System.getProperty("tcptop.test.scale", "1"));
  private static final TruthTable RESULTS = new TruthTable("truth-tcp.txt");

  private Netns netns;

  @BeforeEach
  void addNamespace() {
    netns = Netns.create();
  }

  @AfterEach
  void deleteNamespace() {
    netns.close();
  }

  @AfterAll
  static void writeResults() throws IOException {
    RESULTS.write();
  }

  @Tag("matrix")
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          prefork workers, 20,000 connections        | prefork client-first 127.0.0.1       | 20000 | 0
          SO_REUSEPORT, 20,000 connections           | reuseport client-first 127.0.0.1     | 20000 | 0
          threads that accept                        | threads client-first 127.0.0.1       |  2000 | 0
          accept4 by a child after fork              | child-accepts client-first 127.0.0.1 |  2000 | 0
          fork after accept                          | fork client-first 127.0.0.1          |  2000 | 0
          the child answers, the parent keeps it     | child-answers client-first 127.0.0.1 |   500 | 0
          accepted, then handed over by SCM_RIGHTS   | handed client-first 127.0.0.1        |  2000 | 0
          connected, then handed over by SCM_RIGHTS  | client-handed client-first 127.0.0.1 |  2000 | 0
          """)
  void whoServes(String name, String workload, int count, Integer resets) throws Exception {
    assertTrue(name, workload, count, resets);
  }

  @Tag("matrix")
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          the server closes first                     | prefork server-first 127.0.0.1       | 2000 | 0
          handed over, the server closes first        | handed server-first 127.0.0.1        | 1000 | 0
          client's end handed over, server closes first | client-handed server-first 127.0.0.1 | 1000 | 0
          shutdown(SHUT_WR) first, segments exact     | prefork half-close 127.0.0.1         | 2000 | 0
          SHUT_WR after fork, segments exact          | fork half-close 127.0.0.1            | 1000 | 0
          SHUT_WR after SCM_RIGHTS, segments exact    | handed half-close 127.0.0.1          | 1000 | 0
          killed without close, both ends             | child-accepts exit 127.0.0.1         | 1000 | 0
          killed without close, fork after accept     | fork exit 127.0.0.1                  | 1000 | 0
          the client resets (SO_LINGER 0)             | prefork reset-client 127.0.0.1       | 2000 | 1
          the client resets, fork after accept        | fork reset-client 127.0.0.1          | 1000 | 1
          the client resets, threads                  | threads reset-client 127.0.0.1       | 1000 | 1
          the client resets, handed over              | handed reset-client 127.0.0.1        | 1000 | 1
          the server resets (SO_LINGER 0)             | prefork reset-server 127.0.0.1       | 2000 | 1
          the server resets, handed over              | handed reset-server 127.0.0.1        | 1000 | 1
          closed with unread data                     | prefork unread 127.0.0.1             | 2000 | 1
          written after the peer's close              | prefork late 127.0.0.1               | 2000 |
          """)
  void howItEnds(String name, String workload, int count, Integer resets) throws Exception {
    assertTrue(name, workload, count, resets);
  }

  @Tag("matrix")
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          IPv6                     | prefork half-close ::1                          | 2000 | 0
          v4-mapped                | prefork half-close ::ffff:127.0.0.1             | 2000 | 0
          IPv4 to a listener on :: | prefork half-close 127.0.0.1,127.0.0.1,::       | 2000 | 0
          link-local               | prefork half-close fe80::b%truth0,fe80::a%truth0,fe80::b%truth1 | 500 | 0
          link-local, own address  | prefork half-close fe80::a%truth0,fe80::a%truth0 | 500 | 0
          """)
  void addresses(String name, String workload, int count, Integer resets) throws Exception {
    netns.addPair("truth0", "truth1");
    netns.run("ip", "addr", "add", "fe80::a/64", "dev", "truth0", "nodad");
    netns.run("ip", "addr", "add", "fe80::b/64", "dev", "truth1", "nodad");
    assertTrue(name, workload, count, resets);
  }

  /** One row: runs {@code tcp_workload}, or the program that the workload names. */
  private void assertTrue(String name, String workload, int count, Integer resets)
      throws Exception {
    try (Watch watch = Watch.begin()) {
      List<Truth> truths = Workload.run(watch, netns, command(workload, count));
      check(name, watch, netns, truths, resets);
    }
  }

  private static String[] command(String workload, int count) {
    return ("tcp_workload " + workload + " " + Math.max(8, Math.round(count * SCALE))).split(" ");
  }

  private static void check(
      String name, Watch watch, Netns netns, List<Truth> truths, Integer resets) {
    Comparison compared = Workload.compare(watch, netns, truths);
    List<String> wrong = new ArrayList<>(compared.wrong());
    if (resets != null) {
      wrong.addAll(Balance.broken(Workload.closes(watch, netns), resets));
    }
    RESULTS.add(name, compared.ends(), wrong.size());
    new Comparison(compared.ends(), wrong).assertNoneWrong();
  }
}
