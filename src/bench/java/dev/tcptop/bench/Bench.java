package dev.tcptop.bench;

import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;

/** Runs the parts that are named, or all. */
public final class Bench {
  private static final List<Part> PARTS =
      List.of(
          new Start(),
          new Memory(),
          new Tick(),
          new Closes(),
          new Records(),
          new Streaming(),
          new Monitored(false));

  /** In a virtual machine alone, since the peer needs kprobes. */
  private static final Part IN_MACHINE = new Monitored(true);

  private Bench() {}

  /**
   * @param args how often what is noisy is measured, then names of parts; none: all
   */
  public static void main(String... args) throws Exception {
    int rounds = Integer.parseInt(args[0]);
    List<String> wanted = Arrays.asList(args).subList(1, args.length);
    Files.createDirectories(Report.DIRECTORY);
    Report report = new Report();
    if (wanted.contains(IN_MACHINE.name())) {
      IN_MACHINE.measure(report, rounds);
      return;
    }
    List<String> known = PARTS.stream().map(Part::name).toList();
    if (!known.containsAll(wanted)) {
      System.err.println("bench: takes " + String.join(" ", known));
      System.exit(2);
    }
    for (Part part : PARTS) {
      if (wanted.isEmpty() || wanted.contains(part.name())) {
        part.measure(report, rounds);
      }
    }
    report.write();
    System.exit(report.isMet() ? 0 : 1);
  }
}
