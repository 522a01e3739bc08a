package dev.tcptop.collect.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.FreePort;
import dev.tcptop.collect.Collector.Depth;
import dev.tcptop.collect.Reading;
import dev.tcptop.collect.ebpf.EbpfCollector.Settings;
import dev.tcptop.collect.ebpf.Workload.Running;
import dev.tcptop.config.TcptopConfig.UdpWay;
import dev.tcptop.model.Losses;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** If the array of samples is full, further walks follow, without a loss or a repetition. */
class PassesKernelIT {
  private static final int PAIRS = 1000;
  private static final int RECORDS = 16;
  private static final int ROUNDS = 3;

  /** The number of readings of each open connection of this test's sockets in one sample. */
  private final Map<Long, Integer> kept = new HashMap<>();

  /** Connections of the churn that this sample reported as open. */
  private final Set<Long> open = new HashSet<>();

  /** Connections of the churn that closed in any sample. */
  private final Set<Long> closed = new HashSet<>();

  private final List<String> wrong = new ArrayList<>();

  @Test
  void eachChangedSocketIsReportedOnceWhileConnectionsComeAndGo() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    Duration idle = Duration.ofSeconds(5);
    try (Netns netns = Netns.create();
        ServerSocket listener =
            new ServerSocket(FreePort.find(), 50, InetAddress.getLoopbackAddress());
        EbpfCollector collector =
            new EbpfCollector(new Settings(8 << 20, RECORDS, 1 << 18, 1024, UdpWay.OFF, idle))) {
      for (int i = 0; i < PAIRS; i++) {
        sockets.add(new Socket(listener.getInetAddress(), listener.getLocalPort()));
        sockets.add(listener.accept());
      }
      Running churn =
          Workload.start(netns, "tcp_workload", "prefork", "client-first", "127.0.0.1", "4000");
      long churned = netns.inode();
      int port = listener.getLocalPort();
      for (int round = 0; round < ROUNDS || churn.process().isAlive(); round++) {
        for (int i = 0; i < sockets.size(); i += 2) {
          sockets.get(i).getOutputStream().write(1);
        }
        begin();
        collector.sample(Depth.CHANGED, reading -> take(reading, port, churned));
        assertEachOnce("changed");
        // Nothing is sent meanwhile, and the remaining connections are those not reported yet.
        collector.sample(Depth.REMAINING, reading -> take(reading, port, churned));
        assertEachOnce("changed and rest");
        begin();
        collector.sample(Depth.CLOSED, reading -> take(reading, port, churned));
      }
      assertThat(churn.process().waitFor()).isZero();
      begin();
      Losses lost = collector.sample(Depth.CHANGED, reading -> take(reading, port, churned)).lost();
      assertThat(wrong).isEmpty();
      long ends = churn.output().get(1, TimeUnit.MINUTES).lines().count();
      assertThat(closed).as("ends of the churn that closed").hasSize((int) ends);
      assertThat(lost.closes() + lost.sockets() + lost.events()).as("%s", lost).isZero();
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private void begin() {
    kept.clear();
    open.clear();
  }

  private void take(Reading reading, int port, long churned) {
    long id = reading.id();
    if (reading.netns() == churned) {
      if (closed.contains(id)) {
        wrong.add(id + " came after its close");
      } else if (reading.closed()) {
        closed.add(id);
      } else if (!open.add(id)) {
        wrong.add(id + " came twice");
      }
    } else if (!reading.closed()
        && (reading.local().port() == port || reading.remote().port() == port)) {
      kept.merge(id, 1, Integer::sum);
    }
  }

  private void assertEachOnce(String what) {
    assertThat(kept).as(what).hasSize(2 * PAIRS);
    assertThat(kept.values()).as(what).containsOnly(1);
  }
}
