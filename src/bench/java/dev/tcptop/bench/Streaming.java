package dev.tcptop.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Product;
import org.jspecify.annotations.Nullable;

/**
 * Subscribers of the event stream. Both ends of their own connections are on this machine and
 * change once a tick: 1,000 of them with a tick every two seconds are 1,000 updates a second.
 */
final class Streaming implements Part {
  private static final int SECONDS = 20;

  @Override
  public String name() {
    return "streaming";
  }

  @Override
  public void measure(Report report, int rounds) throws Exception {
    measure(report, 1, 0, 2, 2000);
    measure(report, 100, 0, 2, 1800);
    measure(report, 1000, 1, 2, 0);
    measure(report, 1000, 1, 1, 0);
  }

  /**
   * @param interval in seconds
   * @param others further sockets that change in each interval
   */
  private void measure(Report report, int subscribers, int stalled, int interval, int others)
      throws Exception {
    int updates = (2 * (subscribers + stalled) + others) / interval;
    boolean aimedAt = subscribers == 1000 && interval == 2;
    String name = "%d subscribers, %d updates a second".formatted(subscribers, updates);
    if (stalled > 0) {
      name += ", one more stalled";
    }
    try (@Nullable Load load = others == 0 ? null : Load.hold(others, 100, SECONDS + 60);
        Product tcptop =
            Launch.listening("--no-stdout", "--interval", interval + "s").startAndWait();
        Program reading =
            Program.start(
                "src/bench/c/.output/subscribers",
                "" + tcptop.uri("/").getPort(),
                "" + subscribers,
                "" + stalled,
                "" + SECONDS)) {
      double before;
      reading.await("ready");
      before = Usage.cpuSeconds(tcptop.pid());
      JsonNode seen = new ObjectMapper().readTree(reading.rest());
      double cores = (Usage.cpuSeconds(tcptop.pid()) - before) / SECONDS;
      report.add(name(), name + ": CPU", cores, "cores", aimedAt ? Target.atMost(1) : null);
      report.add(name(), name + ": delay, median", seen.get("p50").asDouble(), "ms");
      report.add(
          name(),
          name + ": delay, p99",
          seen.get("p99").asDouble(),
          "ms",
          aimedAt ? Target.atMost(interval * 1e3) : null);
      report.add(
          name(), name + ": to clients", seen.get("bytes").asDouble() / SECONDS / 1e6, "MB/s");
      report.add(name(), name + ": memory", Usage.residentMib(tcptop.pid()), "MiB");
    }
  }
}
