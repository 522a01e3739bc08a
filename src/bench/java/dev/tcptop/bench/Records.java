package dev.tcptop.bench;

import java.util.Collection;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** The cost of a record in the JVM, by the JMH benchmarks in the other packages. */
final class Records implements Part {
  @Override
  public String name() {
    return "records";
  }

  @Override
  public void measure(Report report, int rounds) throws Exception {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include("dev\\.tcptop\\..*Bench\\.")
                    .forks(2)
                    .warmupIterations(4)
                    .warmupTime(TimeValue.milliseconds(500))
                    .measurementIterations(5)
                    .measurementTime(TimeValue.milliseconds(500))
                    .addProfiler(GCProfiler.class)
                    .jvmArgsAppend("-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED")
                    .output(Report.DIRECTORY.resolve("jmh.log").toString())
                    .build())
            .run();
    for (RunResult result : results) {
      String benchmark = result.getParams().getBenchmark();
      String name = benchmark.substring(benchmark.lastIndexOf('.') + 1);
      boolean aimedAt = name.equals("update");
      report.add(
          name(),
          name,
          result.getPrimaryResult().getScore(),
          "ns",
          aimedAt ? Target.atMost(150) : null);
      // The profiler's own noise is far below a byte.
      double bytes = result.getSecondaryResults().get("gc.alloc.rate.norm").getScore();
      report.add(
          name(),
          name + ": allocated",
          bytes < 0.01 ? 0 : bytes,
          "B",
          aimedAt ? Target.atMost(0) : null);
    }
  }
}
