package dev.tcptop.collect.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.collect.Collector.Depth;
import dev.tcptop.collect.ebpf.EbpfCollector.Settings;
import dev.tcptop.config.TcptopConfig.UdpWay;
import dev.tcptop.model.Connection;
import dev.tcptop.table.Frame;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What happens when the kernel side's buffers are too small. */
class LossKernelIT {
  private static final Duration IDLE = Duration.ofSeconds(5);

  @Test
  void aFullSampleArrayLosesAndRepeatsNothing() throws IOException {
    int count = 100;
    List<Socket> sockets = new ArrayList<>();
    try (Watch watch = Watch.begin(new Settings(1 << 20, 16, 1024, UdpWay.OFF, IDLE));
        ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < count; i++) {
        sockets.add(new Socket(listener.getInetAddress(), listener.getLocalPort()));
        sockets.add(listener.accept());
      }
      Set<Long> ids = new HashSet<>();
      watch
          .collector()
          .sample(
              Depth.CHANGED,
              reading -> {
                if (reading.remote().port() == listener.getLocalPort()) {
                  assertThat(ids.add(reading.id())).as("each once").isTrue();
                }
              });
      assertThat(ids).hasSize(count);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void aFullRingCountsWhatIsMissingAndLeavesNoGhost() throws IOException {
    List<Socket> sockets = new ArrayList<>();
    try (Watch watch = Watch.begin(new Settings(4096, 1024, 1024, UdpWay.OFF, IDLE));
        ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      int port = listener.getLocalPort();
      for (int i = 0; i < 50; i++) {
        sockets.add(new Socket(listener.getInetAddress(), port));
        sockets.add(listener.accept());
      }
      watch.tick();
      for (Socket socket : sockets) {
        socket.close();
      }
      Frame frame = watch.tickWithSweep();
      List<Connection> closed =
          frame.closed().stream()
              .filter(c -> c.remote().port() == port || c.local().port() == port)
              .toList();
      assertThat(closed).as("each close is there, recorded or found").hasSize(100);
      long found = closed.stream().filter(c -> c.closeReason() == null).count();
      assertThat(found).isPositive();
      // Other connections of the machine may have been lost beside them.
      assertThat(frame.lost().closes()).isGreaterThanOrEqualTo(found);
      assertThat(frame.complete()).isFalse();
      watch.tick();
      assertThat(watch.open(c -> c.remote().port() == port)).isEmpty();
    }
  }
}
