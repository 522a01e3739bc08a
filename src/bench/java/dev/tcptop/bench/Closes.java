package dev.tcptop.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.nio.file.Files;
import java.util.Map;
import java.util.stream.Stream;

/** 20,000 closes a second: 10,000 connections that open and close, both ends on this machine. */
final class Closes implements Part {
  private static final int CONNECTIONS_PER_SECOND = 10_000;
  private static final int SECONDS = 10;

  @Override
  public String name() {
    return "closes";
  }

  @Override
  public void measure(Report report, int rounds) throws Exception {
    File out = Report.DIRECTORY.resolve("closes.out").toFile();
    long ended;
    JsonNode lost;
    double cpu;
    try (Tcptop tcptop = Tcptop.start(Map.of(), out)) {
      double before = tcptop.cpuSeconds();
      try (Load load = Load.churn(CONNECTIONS_PER_SECOND, SECONDS)) {
        ended = 2 * load.done();
      }
      Thread.sleep(3000);
      cpu = tcptop.cpuSeconds() - before;
      lost = tcptop.status().get("lost");
    }
    long shown;
    try (Stream<String> lines = Files.lines(out.toPath())) {
      shown = lines.filter(l -> l.contains("[CLOSED]") && l.contains(" load ")).count();
    }
    Files.delete(out.toPath());
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
