package dev.tcptop.collect.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.Patience;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Owner;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The owner of a connection that is open and quiet is the process that has its socket now. */
@Tag("matrix")
class OwnerKernelIT {
  private static final Path PROGRAM = Path.of("src/test/c/.output/owner_workload");

  /** With a tick each 50 ms, two intervals of a second; more on a slow machine. */
  private static final int TICKS = 40 * Math.max(1, (int) Patience.LIMIT.toSeconds() / 30);

  private static final long TICK_MILLIS = 50;

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          tcp | daemonize
          tcp | exec
          tcp | rename
          udp | daemonize
          udp | exec
          udp | rename
          """)
  void theOwnerOfAQuietTcpConnectionOrUdpFlowFollows(String protocol, String change)
      throws Exception {
    try (Netns netns = Netns.create();
        Watch watch = Watch.begin()) {
      List<String> command = new ArrayList<>(netns.behind());
      command.addAll(List.of(PROGRAM.toAbsolutePath().toString(), protocol, change));
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      try (BufferedReader output =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        String before = output.readLine();
        assertThat(shown(watch, netns, before, Integer.MAX_VALUE)).isEqualTo(before);
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        String after = output.readLine();
        assertThat(after).isNotEqualTo(before);
        assertThat(shown(watch, netns, after, TICKS)).isEqualTo(after);
      } finally {
        process.getOutputStream().close();
        process.destroy();
      }
    }
  }

  /** Ticks until the owner is as wanted, or for so many ticks; the owner then. */
  private static String shown(Watch watch, Netns netns, String wanted, int ticks)
      throws IOException, InterruptedException {
    int port = Integer.parseInt(wanted.split(" ")[0]);
    String shown = "";
    for (int i = 0; i < Math.min(ticks, 400) && !shown.equals(wanted); i++) {
      Thread.sleep(TICK_MILLIS);
      watch.tick();
      for (Connection connection :
          watch.open(c -> c.netns() == netns.inode() && c.local().port() == port)) {
        Owner owner = connection.owner();
        shown = port + " " + owner.pid() + " " + owner.process();
      }
    }
    return shown;
  }
}
