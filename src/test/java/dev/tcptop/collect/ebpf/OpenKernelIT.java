package dev.tcptop.collect.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.collect.Collector.Depth;
import dev.tcptop.collect.ebpf.EbpfCollector.Settings;
import dev.tcptop.model.Losses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.RepeatedTest;

/** A collector is opened while connections begin and end. */
class OpenKernelIT {
  /** Each of these connections ends by a reset while a process still holds the other end. */
  private static final class Churn extends Thread implements AutoCloseable {
    private volatile boolean ended;

    @Override
    public void run() {
      try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        while (!ended) {
          Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort());
          try (Socket held = listener.accept()) {
            client.setSoLinger(true, 0);
            client.close();
            // The reset comes as the end of the stream or as an error, before the socket is closed.
            held.getInputStream().read();
          } catch (IOException e) {
            continue;
          }
        }
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() throws InterruptedException {
      ended = true;
      join();
    }
  }

  @RepeatedTest(10)
  void nothingIsLostWhileTheProgramsAreAttached() throws Exception {
    try (Churn churn = new Churn()) {
      churn.start();
      try (EbpfCollector collector = new EbpfCollector(Settings.usual(Duration.ofSeconds(5)))) {
        Losses lost = Losses.NONE;
        // What is missing at two looks in a row is lost.
        for (int i = 0; i < 3; i++) {
          Thread.sleep(100);
          lost = collector.sample(Depth.CHANGED, reading -> {}).lost();
        }
        assertThat(lost).isEqualTo(Losses.NONE);
      }
    }
  }
}
