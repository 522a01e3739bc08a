package dev.tcptop.collect.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.collect.ebpf.EbpfCollector.Settings;
import dev.tcptop.collect.ebpf.Tally.Closes;
import dev.tcptop.collect.ebpf.Workload.Running;
import dev.tcptop.config.TcptopConfig.UdpWay;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Losses;
import dev.tcptop.table.Changes;
import dev.tcptop.table.Frame;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With buffers that are too small, the kernel side counts what is missing, and nothing stays. */
class LossKernelIT {
  /** An idle time that no flow reaches during a test. */
  private static final Duration NEVER = Duration.ofHours(1);

  private static final Settings TINY_RING =
      new Settings(4096, 1 << 15, 1 << 16, 1024, UdpWay.OFF, NEVER);
  private static final Settings AMPLE_RING =
      new Settings(8 << 20, 1 << 15, 1 << 16, 1024, UdpWay.OFF, NEVER);

  private Netns netns;

  @BeforeEach
  void addNamespace() {
    netns = Netns.create();
  }

  @AfterEach
  void removeNamespace() {
    netns.close();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          closed by both                 | tcp_workload prefork client-first 127.0.0.1 150
          reset, held by a process still | tcp_workload prefork reset-client 127.0.0.1 150
          killed with all open           | tcp_workload child-accepts exit 127.0.0.1 50
          refused                        | tcp_attempt_workload refused 300
          many at once                   | tcp_abort_workload self 300
          """)
  void aFullRingCountsExactlyTheClosesThatAreMissing(String name, String workload)
      throws Exception {
    try (Tally ample = new Tally(AMPLE_RING);
        Tally tiny = new Tally(TINY_RING)) {
      Closes before = Tally.closesOfBoth(ample, tiny);
      int ends = run(workload);
      Closes closes = Tally.closesOfBoth(ample, tiny).since(before);
      assertThat(closes.happened())
          .as("closes, of which %d are the workload's", ends)
          .isGreaterThan(ends - 1);
      assertThat(closes.missing())
          .as("of %d closes", closes.happened())
          .isBetween(ends / 2L, closes.happened());
      assertThat(closes.lost()).as("lost.closes").isEqualTo(closes.missing());
      assertThat(tiny.lost().events()).as("lost.events").isZero();
    }
  }

  @Test
  void aFullTableOfSocketsCountsTheConnectionsThatItDoesNotShow() throws Exception {
    try (Tally ample = new Tally(AMPLE_RING);
        Tally tiny = new Tally(new Settings(8 << 20, 1 << 15, 16, 1024, UdpWay.OFF, NEVER))) {
      int happenedBefore = ample.begun();
      int shownBefore = tiny.begun();
      long lostBefore = tiny.lost().sockets();
      int ends = run("tcp_abort_workload self 300");
      int missing = ends - (tiny.begun() - shownBefore);
      assertThat(ample.begun() - happenedBefore).as("connections").isGreaterThanOrEqualTo(ends);
      assertThat(ample.lost()).as("what the ample one lost").isEqualTo(Losses.NONE);
      assertThat(missing).as("of %d", ends).isGreaterThan(200);
      assertThat(tiny.lost().sockets() - lostBefore)
          .as("lost.sockets, others' among them")
          .isGreaterThanOrEqualTo(missing);
    }
  }

  @Test
  void aFullTableOfFlowsCountsExactlyTheDatagramsThatNoFlowShows() throws Exception {
    try (Tally ample =
            new Tally(new Settings(1 << 20, 1 << 15, 1 << 16, 1 << 16, Watch.UDP, NEVER));
        Tally tiny = new Tally(new Settings(1 << 20, 1 << 15, 1 << 16, 16, Watch.UDP, NEVER))) {
      Tally.takeDatagramsTogether(ample, tiny);
      long happenedBefore = ample.datagrams();
      long shownBefore = tiny.datagrams();
      long lostBefore = tiny.lost().flows();
      int ends = run("udp_workload peers 100");
      assertThat(ends).as("flows").isEqualTo(200);
      Tally.takeDatagramsTogether(ample, tiny);
      long happened = ample.datagrams() - happenedBefore;
      long missing = happened - (tiny.datagrams() - shownBefore);
      assertThat(happened).as("datagrams sent and received").isGreaterThanOrEqualTo(1200);
      assertThat(missing).as("of %d", happened).isBetween(1000L, happened);
      assertThat(tiny.lost().flows() - lostBefore).as("lost.flows").isEqualTo(missing);
      assertThat(tiny.lost().datagrams()).as("lost.datagrams").isZero();
    }
  }

  /** Runs a workload without sampling meanwhile, and returns the number of its ends. */
  private int run(String workload) throws Exception {
    Running running = Workload.start(netns, workload.split(" "));
    assertThat(running.process().waitFor(1, TimeUnit.MINUTES)).as("it ends").isTrue();
    assertThat(running.process().exitValue()).as("status of %s", workload).isZero();
    return (int) running.output().get(1, TimeUnit.MINUTES).lines().count();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a churn              | tcp_workload prefork client-first 127.0.0.1 4000
          a churn of resets    | tcp_workload prefork reset-client 127.0.0.1 4000
          all open, then ended | tcp_abort_workload self 1000
          """)
  void underLoadEachConnectionThatWasShownClosesOnceAndNoGhostStays(String name, String workload)
      throws Exception {
    Set<Long> shown = new HashSet<>();
    try (Watch watch = Watch.begin(TINY_RING)) {
      Running running = Workload.start(netns, workload.split(" "));
      while (running.process().isAlive()) {
        keepOpened(watch.advance(), shown);
      }
      assertThat(running.process().exitValue()).isZero();
      // This tick takes the rest. A close that is lost in it is found by the sweep of the next
      // tick.
      keepOpened(watch.advance(), shown);
      // A connection that the kernel processes only now is shown and closes in this tick.
      keepOpened(watch.tickWithSweep(), shown);
      assertThat(watch.open(this::isHere)).as("ghosts").isEmpty();
      List<Connection> closes = watch.closes().stream().filter(this::isHere).toList();
      List<Long> closed = closes.stream().map(Connection::id).toList();
      assertThat(closed).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(shown);
      long ends = running.output().get(1, TimeUnit.MINUTES).lines().count();
      long missing = ends - closes.stream().filter(c -> c.closeReason() != null).count();
      assertThat(missing).as("closing records missing").isPositive();
      // Closes of other processes may be among the lost ones.
      assertThat(watch.lastSample().lost().closes()).isGreaterThanOrEqualTo(missing);
    }
  }

  private void keepOpened(Frame frame, Set<Long> shown) {
    assertThat(frame.complete()).isEqualTo(frame.lost().none());
    Changes.of(frame).opened().stream().filter(this::isHere).forEach(c -> shown.add(c.id()));
    Changes.of(frame).shortLived().stream()
        .filter(b -> isHere(b.open()))
        .forEach(b -> shown.add(b.open().id()));
  }

  private boolean isHere(Connection connection) {
    return connection.netns() == netns.inode();
  }
}
