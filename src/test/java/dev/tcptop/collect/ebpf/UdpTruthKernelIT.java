package dev.tcptop.collect.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.collect.ebpf.EbpfCollector.Settings;
import dev.tcptop.collect.ebpf.Workload.Comparison;
import dev.tcptop.collect.ebpf.Workload.Running;
import dev.tcptop.model.Connection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * UDP traffic of which the workload knows every figure: none may be wrong, in each way of observing
 * UDP.
 *
 * <p>A row has the name of a case, its workload, and a command that prepares its namespace. Among
 * the words of the workload, {@code #1000} is a count, which is smaller on a slow machine, and
 * {@code OTHER} is a second namespace, to which a {@link Link} is made. The preparation {@code
 * LINK} makes such a link too.
 */
class UdpTruthKernelIT {
  private static final double SCALE =
      Double.parseDouble(System.getProperty("tcptop.test.scale", "1"));

  /** An idle time longer than any pause of a workload within a flow. */
  private static final Duration IDLE = Duration.ofMillis(SCALE < 1 ? 2000 : 500);

  private static final Duration USUAL_IDLE = Duration.ofSeconds(5);

  private static final TruthTable RESULTS = new TruthTable("truth-udp.txt");

  @ParameterizedTest(name = "{0}")
  @Tag("matrix")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          IPv4, connected                     | udp_workload talk to=127.0.0.1
          IPv4, unconnected                   | udp_workload talk to=127.0.0.1 connected=no
          IPv6, connected                     | udp_workload talk to=::1
          IPv6, unconnected                   | udp_workload talk to=::1 connected=no
          dual-stack server, IPv4 client      | udp_workload talk bind=:: to=127.0.0.1
          v4-mapped client                    | udp_workload talk bind=127.0.0.1 to=::ffff:127.0.0.1
          UDP_SEGMENT, each received alone    | udp_workload talk to=127.0.0.1 send=segments
          UDP_SEGMENT to UDP_GRO              | udp_workload talk to=127.0.0.1 send=segments receive=gro
          UDP_SEGMENT to UDP_GRO, IPv6        | udp_workload talk to=::1 send=segments receive=gro
          MSG_PEEK                            | udp_workload talk to=127.0.0.1 receive=peek
          sendmmsg, recvmmsg                  | udp_workload talk to=127.0.0.1 send=many receive=many
          larger than the link                | udp_workload talk to=10.9.0.1 from=10.9.0.2 largest=60000 netns=OTHER
          one server socket, many peers       | udp_workload peers #1000
          one socket, several peers in turn   | udp_workload reconnect
          to a port where nobody listens      | udp_edge_workload unheard 127.0.0.1 9
          a port that refuses                 | udp_edge_workload refused 127.0.0.1
          a receiver's full queue             | udp_edge_workload full 100
          prefork workers on one socket       | udp_owner_workload prefork
          SO_REUSEPORT workers                | udp_owner_workload reuseport
          beside sniffers                     | udp_edge_workload sniffed
          a server that is started again      | udp_life_workload restarted
          two users, one after the other      | udp_life_workload users
          multicast                           | udp_group_workload multicast 239.1.2.3 10.9.0.2 OTHER
          many datagrams                      | udp_bulk_workload #200000
          """)
  void everyFigureIsTrueOnEachKernel(String what, String workload) throws Exception {
    everyFigureIsTrue(what, workload, null);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          write()                             | udp_workload talk to=127.0.0.1 send=write |
          MSG_MORE                            | udp_workload talk to=127.0.0.1 send=more |
          UDP_CORK                            | udp_workload talk to=127.0.0.1 send=cork |
          MSG_MORE, IPv6                      | udp_workload talk to=::1 send=more |
          MSG_ZEROCOPY                        | udp_workload talk to=127.0.0.1 send=zerocopy |
          sendmmsg, recvmmsg, IPv6            | udp_workload talk to=::1 send=many receive=many connected=no |
          UDP_SEGMENT over a link             | udp_workload talk to=10.9.0.1 from=10.9.0.2 send=segments netns=OTHER |
          UDP_SEGMENT to UDP_GRO, over a link | udp_workload talk to=10.9.0.1 from=10.9.0.2 send=segments receive=gro netns=OTHER |
          a buffer too small                  | udp_workload talk to=127.0.0.1 receive=cut |
          the largest datagram                | udp_workload talk to=127.0.0.1 largest=65507 |
          larger than the link, IPv6          | udp_workload talk to=fd09::1 from=fd09::2 largest=60000 netns=OTHER |
          larger than the loopback            | udp_workload talk to=127.0.0.1 largest=60000 | ip link set lo mtu 1500
          header options                      | udp_workload talk to=127.0.0.1 send=options |
          extension headers                   | udp_workload talk to=::1 send=extension |
          link-local addresses                | udp_workload talk to=fe80::1%v0 from=fe80::2%v0 netns=OTHER |
          link-local, within one machine      | udp_workload talk to=fe80::1%v0 | LINK
          bound to any, answers from the same | udp_workload talk bind=0.0.0.0 to=127.0.0.5 from=127.0.0.6 answer=from |
          the same, dual-stack                | udp_workload talk bind=:: to=127.0.0.5 from=127.0.0.6 answer=from |
          client bound to any                 | udp_workload talk to=127.0.0.1 from=0.0.0.0 connected=no |
          a dual-stack client bound to any    | udp_workload talk bind=127.0.0.1 to=::ffff:127.0.0.1 from=:: connected=no |
          another user                        | udp_workload talk to=127.0.0.1 user=65534 |
          a socket for each peer              | udp_workload dedicated 20 |
          a socket in another namespace than its process | udp_workload moved OTHER |
          a translated destination, connected | udp_workload talk bind=127.0.0.1 to=127.0.0.9 from=127.0.0.2 | nft -f src/test/c/translate_destination.nft
          a translated destination            | udp_workload talk bind=127.0.0.1 to=127.0.0.9 from=127.0.0.2 connected=no | nft -f src/test/c/translate_destination.nft
          a translated source                 | udp_workload talk to=127.0.0.1 from=127.0.0.2 | nft -f src/test/c/translate_source.nft
          the same addresses in two namespaces | udp_workload twins OTHER |
          a socket that sends to itself       | udp_workload self 127.0.0.1 |
          a socket that sends to itself, IPv6 | udp_workload self ::1 |
          io_uring                            | udp_uring_workload to=127.0.0.1 send=inline answer=inline |
          io_uring, by a worker thread        | udp_uring_workload to=127.0.0.1 send=worker answer=worker |
          io_uring, by its polling thread     | udp_uring_workload to=127.0.0.1 send=polling answer=polling |
          io_uring, zero-copy                 | udp_uring_workload to=127.0.0.1 send=ring-zerocopy connected=no |
          sends that fail                     | udp_edge_workload failing | ip link set lo mtu 1500
          sends that a firewall forbids       | udp_edge_workload forbidden | nft -f src/test/c/no_port_9_out.nft
          a firewall before the receiver      | udp_edge_workload unheard 127.0.0.1 9 | nft -f src/test/c/no_port_9_in.nft
          to a host that is not there         | udp_edge_workload unheard 10.9.0.77 9 | LINK
          to a port where nobody listens, IPv6 | udp_edge_workload unheard ::1 9 |
          a port that refuses, IPv6           | udp_edge_workload refused ::1 |
          to a socket that has another peer   | udp_edge_workload stranger |
          datagrams that nobody reads         | udp_edge_workload unread |
          multicast, IPv6                     | udp_group_workload multicast ff15::1234 fd09::2 OTHER |
          multicast, link-local               | udp_group_workload multicast ff02::1234 fe80::2%v0 OTHER |
          multicast with an answer            | udp_group_workload answered 239.1.2.3 10.9.0.2 10.9.0.1 OTHER |
          multicast with an answer, IPv6      | udp_group_workload answered ff15::1234 fd09::2 fd09::1 OTHER |
          broadcast                           | udp_group_workload broadcast OTHER |
          prefork workers that say nothing    | udp_owner_workload prefork-silent |
          SO_REUSEPORT workers that say nothing | udp_owner_workload reuseport-silent |
          a child on its parent's socket      | udp_owner_workload child |
          senders that end at once            | udp_life_workload brief #50 |
          exit without a close                | udp_life_workload exit |
          a receiver that ends before a tick  | udp_life_workload gone |
          an inherited socket                 | udp_owner_workload inherited |
          threads                             | udp_owner_workload threads |
          """)
  void everyFigureIsTrue(String what, String workload, String preparation) throws Exception {
    try (Netns here = Netns.create();
        Netns other = Netns.create();
        Watch watch = Watch.begin(Settings.usual(IDLE))) {
      if (workload.contains("OTHER") || "LINK".equals(preparation)) {
        Link.between(here, other);
      }
      if (preparation != null && !preparation.equals("LINK")) {
        here.run(preparation.split(" "));
      }
      List<Truth> truths = Workload.run(watch, here, command(workload, other));
      check(what, watch, List.of(here, other), truths);
    }
  }

  @Test
  void namespacesMadeOneAfterTheOtherHaveFlowsOfTheirOwn() throws Exception {
    try (Netns here = Netns.create();
        Watch watch = Watch.begin(Settings.usual(IDLE))) {
      List<Truth> truths = Workload.run(watch, here, "udp_life_workload", "namespaces");
      watch.awaitTicks(() -> closesAtPort(watch, 7171).size() >= truths.size());
      List<String> wrong = new ArrayList<>();
      List<Connection> closes = new ArrayList<>(closesAtPort(watch, 7171));
      for (Truth truth : truths) {
        if (!closes.removeIf(c -> truth.differences(c, true).isEmpty())) {
          wrong.add("none is " + truth.values());
        }
      }
      closes.forEach(c -> wrong.add("nobody made " + c));
      RESULTS.add("namespaces made one after the other", truths.size(), wrong.size());
      assertThat(wrong).isEmpty();
    }
  }

  private static List<Connection> closesAtPort(Watch watch, int port) {
    return watch.closes().stream()
        .filter(c -> c.local().port() == port || c.remote().port() == port)
        .toList();
  }

  @Test
  void socketsThatAreOlderThanTheCollectorCountFromItsStart() throws Exception {
    Path gate = Files.createTempFile("tcptop-it", "gate");
    try (Netns here = Netns.create()) {
      Running running = Workload.start(here, "udp_life_workload", "older", gate.toString());
      while (Files.size(gate) == 0) { // the workload writes to it when its sockets are there
        assertThat(running.process().isAlive()).isTrue();
        Thread.sleep(10);
      }
      try (Watch watch = Watch.begin(Settings.usual(IDLE))) {
        Files.delete(gate); // which lets the workload go on
        check("sockets older than the collector", watch, List.of(here), running.end(watch));
      }
    } finally {
      Files.deleteIfExists(gate);
    }
  }

  @Test
  void moreFlowsThanOnePassReportsAreAllReported() throws Exception {
    Settings usual = Settings.usual(IDLE);
    try (Netns here = Netns.create();
        Watch watch =
            Watch.begin(
                new Settings(
                    usual.ringBytes(), 100, usual.sockets(), usual.flows(), Watch.UDP, IDLE))) {
      List<Truth> truths = Workload.run(watch, here, command("udp_workload peers #500", here));
      check("more flows than one pass reports", watch, List.of(here), truths);
    }
  }

  /**
   * Each tick ends all flows, since they count as idle immediately, while datagrams keep coming.
   */
  @Test
  void noDatagramIsLostWhereFlowsEndAndBeginAnew() throws Exception {
    try (Netns here = Netns.create();
        Watch watch = Watch.begin(Settings.usual(Duration.ofNanos(1)))) {
      Running running = Workload.start(here, command("udp_bulk_workload #40000 50", here));
      while (running.process().isAlive()) {
        watch.tick();
      }
      List<Truth> truths = running.end(watch);
      watch.awaitTicks(() -> watch.open(in(here)).isEmpty());
      List<String> wrong = new ArrayList<>();
      for (Truth truth : truths) {
        List<Connection> pieces =
            Workload.closes(watch, here).stream()
                .filter(c -> Truth.end(c).equals(truth.end()))
                .toList();
        assertThat(pieces).as("flows of %s", truth.end()).hasSizeGreaterThan(1);
        Map<String, Long> sums =
            Map.of(
                "packetsOut", sum(pieces, c -> c.traffic().packetsOut()),
                "packetsIn", sum(pieces, c -> c.traffic().packetsIn()),
                "bytesOut", sum(pieces, c -> c.traffic().bytesOut()),
                "bytesIn", sum(pieces, c -> c.traffic().bytesIn()));
        sums.forEach(
            (key, sum) -> {
              String wanted = truth.values().get(key);
              if (!sum.toString().equals(wanted)) {
                wrong.add(truth.end() + ": " + key + " is " + sum + ", not " + wanted);
              }
            });
      }
      report("flows that end and begin anew, in sum", new Comparison(truths.size(), wrong));
    }
  }

  private static long sum(List<Connection> pieces, ToLongFunction<Connection> figure) {
    return pieces.stream().mapToLong(figure).sum();
  }

  @Test
  void aFlowEndsFiveSecondsAfterItsLastDatagramAndANewOneBegins() throws Exception {
    try (Netns here = Netns.create();
        Watch watch = Watch.begin(Settings.usual(USUAL_IDLE))) {
      List<Truth> truths = Workload.run(watch, here, "udp_workload", "again", "6500");
      check("ended after 5 s, and a new flow", watch, List.of(here), truths);
      assertThat(watch.closes().stream().filter(in(here)).toList())
          .allSatisfy(
              end ->
                  assertThat(Duration.between(end.lastSeen(), end.closedAt()))
                      .isGreaterThanOrEqualTo(USUAL_IDLE));
    }
  }

  @AfterAll
  static void writeResults() throws IOException {
    RESULTS.write();
  }

  private static String[] command(String workload, Netns other) {
    return Arrays.stream(workload.split(" "))
        .map(word -> word.replace("OTHER", other.name()))
        .map(word -> word.startsWith("#") ? scaled(word.substring(1)) : word)
        .toArray(String[]::new);
  }

  private static String scaled(String count) {
    return Long.toString(Math.max(1, Math.round(Long.parseLong(count) * SCALE)));
  }

  /** Waits for the end of every flow, and compares all of them with the workload's figures. */
  private static void check(String what, Watch watch, List<Netns> namespaces, List<Truth> truths) {
    List<String> wrong = new ArrayList<>();
    for (Netns netns : namespaces) {
      watch.awaitTicks(() -> watch.open(in(netns)).isEmpty());
      String inode = Long.toString(netns.inode());
      List<Truth> here =
          truths.stream().filter(t -> inode.equals(t.values().get("netns"))).toList();
      if (!here.isEmpty()) {
        wrong.addAll(Workload.compare(watch, netns, here).wrong());
      }
      Workload.closes(watch, netns).stream()
          .filter(c -> here.isEmpty() || c.state() != null || c.tcp() != null)
          .forEach(c -> wrong.add(Truth.end(c) + ": nobody made it, or it isn't UDP's: " + c));
    }
    report(what, new Comparison(truths.size(), wrong));
  }

  private static void report(String what, Comparison compared) {
    RESULTS.add(what, compared.ends(), compared.wrong().size());
    compared.assertNoneWrong();
  }

  private static Predicate<Connection> in(Netns netns) {
    return c -> c.netns() == netns.inode();
  }
}
