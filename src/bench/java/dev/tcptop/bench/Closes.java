package dev.tcptop.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Product;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * 20,000 closes a second: 10,000 connections that open and close, with both ends on this machine.
 */
final class Closes implements Part {
  private static final int CONNECTIONS_PER_SECOND = 10_000;
  private static final int SECONDS = 10;

  @Override
  public String name() {
    return "closes";
  }

  @Override
  public void measure(Report report, int rounds) throws Exception {
    Path out = Report.DIRECTORY.resolve("closes.out").toAbsolutePath();
    long ended;
    JsonNode lost;
    double cpu;
    try (Product tcptop = Launch.listening().into(out).startAndWait()) {
      double before = Usage.cpuSeconds(tcptop.pid());
      try (Load load = Load.churn(CONNECTIONS_PER_SECOND, SECONDS)) {
        ended = 2 * load.done();
      }
      Thread.sleep(3000);
      cpu = Usage.cpuSeconds(tcptop.pid()) - before;
      lost = tcptop.json("/api/v1/status").get("lost");
    }
    long shown;
    try (Stream<String> lines = Files.lines(out)) {
      shown = lines.filter(l -> l.contains("[CLOSED]") && l.contains(" load ")).count();
    }
    Files.delete(out);
    long all = 0;
    for (JsonNode cause : lost) {
      all += cause.asLong();
    }
    report.add(name(), "a second", (double) ended / SECONDS, "", Target.atLeast(20_000 * 0.99));
    report.add(name(), "not shown on stdout", ended - shown, "", Target.atMost(0));
    report.add(name(), "counted as lost", all, "", Target.atMost(0));
    report.add(name(), "CPU of one core", cpu / SECONDS, "");
  }
}
