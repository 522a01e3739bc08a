package dev.tcptop.bench;

import dev.tcptop.query.QueryCost;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The cost of filters and sort orders at 108,000 connections, beside that of an earlier build. */
final class Query implements Part {
  private static final Path HERE = Path.of("").toAbsolutePath();

  /** How many times faster than the last build in which addresses were texts. */
  private static final Map<String, Double> TARGETS =
      Map.of(
          "filter: address in 10.0.0.0/8", 20.0,
          "filter: not address in (127.0.0.0/8, ::1)", 20.0,
          "sort: remoteAddress", 15.0);

  private final @Nullable Path earlier;

  /**
   * @param earlier another checkout that has been built; null where only this one is measured
   */
  Query(@Nullable Path earlier) {
    this.earlier = earlier;
  }

  private record Cost(double nanos, double bytes) {}

  @Override
  public String name() {
    return "query";
  }

  @Override
  public void measure(Report report, int rounds) throws Exception {
    Map<String, List<Cost>> costs = new LinkedHashMap<>();
    Map<String, List<Cost>> before = new LinkedHashMap<>();
    // The builds take turns, so that a machine that slows down slows both.
    for (int i = 0; i < rounds; i++) {
      run(HERE, costs);
      if (earlier != null) {
        run(earlier, before);
      }
    }
    costs.forEach(
        (query, those) -> {
          boolean sort = query.startsWith("sort");
          double scale = sort ? 1e6 : 1;
          String unit = sort ? "ms" : "ns";
          boolean aimedAt = TARGETS.containsKey(query) && !sort;
          report.add(name(), query, nanos(those) / scale, unit);
          if (!sort) {
            report.add(
                name(),
                query + ": allocated, a connection",
                Math.rint(bytes(those)),
                "B",
                aimedAt ? Target.atMost(0) : null);
          }
          List<Cost> old = before.get(query);
          if (old != null) {
            Double target = TARGETS.get(query);
            report.add(name(), query + ", earlier build", nanos(old) / scale, unit);
            report.add(
                name(),
                query + ", earlier build to this one",
                nanos(old) / nanos(those),
                "×",
                target == null ? null : Target.atLeast(target));
          }
        });
  }

  private static double nanos(List<Cost> costs) {
    return Figures.median(costs.stream().map(Cost::nanos).toList());
  }

  private static double bytes(List<Cost> costs) {
    return Figures.median(costs.stream().map(Cost::bytes).toList());
  }

  /** Runs this build's measuring class on the classes of a build. */
  private static void run(Path build, Map<String, List<Cost>> costs)
      throws IOException, InterruptedException {
    List<String> path = new ArrayList<>();
    path.add(Files.readString(build.resolve("target/test.classpath")).strip());
    path.add(HERE.resolve("target/test-classes").toString());
    String output =
        Program.run(
            ProcessHandle.current().info().command().orElseThrow(),
            "-XX:+UseSerialGC",
            "-cp",
            String.join(File.pathSeparator, path),
            QueryCost.class.getName());
    for (String line : output.lines().toList()) {
      String[] parts = line.split("\t", -1);
      costs
          .computeIfAbsent(parts[0] + ": " + parts[1], query -> new ArrayList<>())
          .add(new Cost(Double.parseDouble(parts[2]), Double.parseDouble(parts[3])));
    }
  }
}
