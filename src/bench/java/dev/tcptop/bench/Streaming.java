package dev.tcptop.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;

/**
 * Subscribers of the event stream. Their own connections change once a tick, both ends on this
 * machine: with 1,000 of them and a tick every two seconds these are the 1,000 updates a second.
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
   * @param interval seconds
   * @param others sockets besides the subscribers' that change in each interval
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
        Tcptop tcptop = Tcptop.start("--no-stdout", "--interval", interval + "s");
        Program reading =
            Program.start(
                "src/bench/c/.output/subscribers",
                "" + tcptop.port(),
                "" + subscribers,
                "" + stalled,
                "" + SECONDS)) {
      double before;
      reading.await("ready");
      before = tcptop.cpuSeconds();
      JsonNode seen = new ObjectMapper().readTree(reading.rest());
      double cores = (tcptop.cpuSeconds() - before) / SECONDS;
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
      report.add(name(), name + ": memory", tcptop.residentMib(), "MiB");
    }
  }
}
