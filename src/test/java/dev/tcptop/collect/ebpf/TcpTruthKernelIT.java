package dev.tcptop.collect.ebpf;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tcptop.collect.ebpf.Workload.Comparison;
import dev.tcptop.collect.ebpf.Workload.Running;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * TCP traffic of which the workload knows every figure: none may be wrong.
 *
 * <p>A row has a name, the workload, the number of connections, and the number of RSTs that each
 * connection sends and no socket counts (see {@link Balance}; empty: it varies). The property
 * {@code tcptop.test.scale} makes the numbers smaller for slow machines.
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
          workers of another user                    | nobody half-close 127.0.0.1          |  2000 | 0
          in a pid namespace                         | contained half-close 127.0.0.1       |  1000 | 0
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
          shutdown(SHUT_WR) by both at once           | prefork both 127.0.0.1               | 2000 | 0
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

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          refused                                  | tcp_attempt_workload refused               | 2000
          refused, IPv6                            | tcp_attempt_workload refused-ipv6          | 2000
          refused by a filter's RST                | tcp_attempt_workload filter-reset          |  500
          refused by ICMP port unreachable         | tcp_attempt_workload port-unreachable      |  200
          ICMP host unreachable                    | tcp_attempt_workload host-unreachable      |  200
          ICMPv6 no route                          | tcp_attempt_workload host-unreachable-ipv6 |  200
          ICMP net unreachable                     | tcp_attempt_workload net-unreachable       |  200
          ICMP administratively prohibited         | tcp_attempt_workload prohibited            |  200
          no answer to ARP                         | tcp_attempt_workload no-neighbour          |   20
          SYNs dropped                             | tcp_attempt_workload timed-out             |  500
          SYNs dropped, IPv6                       | tcp_attempt_workload timed-out-ipv6        |  500
          """)
  void attemptsThatFail(String name, String workload, int count) throws Exception {
    TruthFilter.install(netns);
    netns.addPair("truth0", "truth1");
    netns.run("ip", "addr", "add", "10.8.0.1/24", "dev", "truth0");
    assertTrue(name, workload, count, null);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          client's end destroyed by ss -K          | tcp_abort_workload client-destroyed        |  200 | 0
          server's end destroyed by ss -K          | tcp_abort_workload server-destroyed        |  200 | 0
          both ends time out                       | tcp_abort_workload timed-out               |  200 |
          reset before accept                      | tcp_abort_workload reset-before-accept     | 1000 | 1
          never accepted, the listener closes      | tcp_abort_workload never-accepted          | 1000 | 1
          connected to itself                      | tcp_abort_workload self                    |  500 |
          """)
  void brokenOff(String name, String workload, int count, Integer resets) throws Exception {
    TruthFilter.install(netns);
    assertTrue(name, workload, count, resets);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          4 GiB                                    | tcp_bulk_workload write                    | 4294979641 | 0
          sendfile                                 | tcp_bulk_workload sendfile                 | 64000000   | 0
          splice                                   | tcp_bulk_workload splice                   | 64000000   | 0
          MSG_ZEROCOPY                             | tcp_bulk_workload zerocopy                 | 64000000   | 0
          3 % lost                                 | tcp_bulk_workload lossy                    | 32000000   |
          3 % lost, sendfile, IPv6                 | tcp_bulk_workload lossy-sendfile           | 32000000   |
          3 % dropped by the sender's own filter   | tcp_bulk_workload lossy-at-sender          | 32000000   |
          20 ms each way                           | tcp_bulk_workload relayed                  | 3000000    |
          """)
  void bulk(String name, String workload, long bytes, Integer resets) throws Exception {
    TruthFilter.install(netns);
    assertTrue(name, workload, bytes, resets);
  }

  @Tag("matrix")
  @Test
  void delayByNetem() throws Exception {
    assumeTrue(
        netns.can("tc", "qdisc", "add", "dev", "lo", "root", "netem", "delay", "20ms"),
        "this kernel has no sch_netem: the row \"20 ms each way\" imposes the same delay");
    assertTrue("20 ms each way by netem", "tcp_bulk_workload netem", 3_000_000, null);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          TCP Fast Open                            | tcp_fastopen_workload answered     | 200
          TCP Fast Open with a stale cookie        | tcp_fastopen_workload stale        | 200
          TCP Fast Open, closed in SYN_RECV        | tcp_fastopen_workload server-first | 200
          TCP Fast Open, reset in SYN_RECV         | tcp_fastopen_workload unread       | 200
          """)
  void fastOpen(String name, String workload, int count) throws Exception {
    netns.run("sysctl", "-q", "net.ipv4.tcp_fastopen=3");
    assertTrue(name, workload, count, null);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          io_uring                                 | tcp_uring_workload plain           | 1000 | 0
          io_uring, submitted by a kernel thread   | tcp_uring_workload polled          | 1000 | 0
          io_uring, done by its workers            | tcp_uring_workload workers         | 1000 | 0
          io_uring, accepted without a descriptor  | tcp_uring_workload direct          | 1000 | 0
          """)
  void ring(String name, String workload, int count, Integer resets) throws Exception {
    assertTrue(name, workload, count, resets);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          restored by TCP_REPAIR                   | tcp_repair_workload restored       |  20
          taken down for a checkpoint              | tcp_repair_workload checkpoint     | 200
          connected anew, over a slower path       | tcp_reconnect_workload             |   8
          MPTCP, accepted by a worker              | tcp_mptcp_workload                 |   4
          """)
  void socketsWithAHistory(String name, String workload, int count) throws Exception {
    assertTrue(name, workload, count, null);
  }

  @Test
  void synCookies() throws Exception {
    netns.run("sysctl", "-q", "net.ipv4.tcp_syncookies=2");
    assertTrue("SYN cookies", "prefork half-close 127.0.0.1", 2000, 0);
  }

  @Tag("matrix")
  @Test
  void twoNamespacesThatUseTheSameAddressesAndPortsAtOnce() throws Exception {
    String[] command = command("prefork half-close 127.0.0.1", 4000);
    try (Netns other = Netns.create();
        Watch watch = Watch.begin()) {
      Running here = Workload.start(netns, command);
      Running there = Workload.start(other, command);
      List<Truth> truths = here.end(watch);
      List<Truth> truthsThere = there.end(watch);
      assertAll(
          () -> check("one of two namespaces with the same addresses", watch, netns, truths, 0),
          () -> check("the other one", watch, other, truthsThere, 0));
    }
  }

  /** Tests a row: runs {@code tcp_workload}, or the program that the workload names. */
  private void assertTrue(String name, String workload, long count, Integer resets)
      throws Exception {
    try (Watch watch = Watch.begin()) {
      List<Truth> truths = Workload.run(watch, netns, command(workload, count));
      check(name, watch, netns, truths, resets);
    }
  }

  private static String[] command(String workload, long count) {
    String program = workload.startsWith("tcp_") ? workload : "tcp_workload " + workload;
    return (program + " " + Math.max(8, Math.round(count * SCALE))).split(" ");
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
