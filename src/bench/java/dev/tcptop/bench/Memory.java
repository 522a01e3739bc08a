package dev.tcptop.bench;

import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Product;
import java.util.ArrayList;
import java.util.List;

/**
 * Resident memory with one subscriber, while connections are held of which a fiftieth is active.
 */
final class Memory implements Part {
  private static final int SECONDS = 60;

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public void measure(Report report, int rounds) throws Exception {
    measure(report, 1_000, Target.atMost(120));
    measure(report, 100_000, Target.atMost(350));
  }

  private void measure(Report report, int sockets, Target target) throws Exception {
    try (Load load = Load.hold(sockets, 2, SECONDS + 60);
        Product tcptop = Launch.listening().into(Launch.NOWHERE).startAndWait();
        Program subscriber =
            Program.startQuietly("curl", "-sN", tcptop.uri("/api/v1/events").toString())) {
      List<Double> sizes = new ArrayList<>();
      for (int second = 0; second < SECONDS; second++) {
        Thread.sleep(1000);
        sizes.add(Usage.residentMib(tcptop.pid()));
      }
      double most = sizes.stream().mapToDouble(Double::doubleValue).max().orElse(0);
      report.add(name(), sockets + " sockets: most in a minute", most, "MiB");
      report.add(
          name(), sockets + " sockets: after a minute", sizes.get(SECONDS - 1), "MiB", target);
    }
  }
}
