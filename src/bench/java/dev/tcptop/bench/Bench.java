package dev.tcptop.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs the parts that are named, or all. */
public final class Bench {
  private static List<Part> parts(@Nullable Path earlier) {
    return List.of(
        new Start(),
        new Memory(),
        new Tick(),
        new Closes(),
        new Records(),
        new Query(earlier),
        new Streaming(),
        new Monitored(false));
  }

  /** In a virtual machine alone, since the peer needs kprobes. */
  private static final Part IN_MACHINE = new Monitored(true);

  private Bench() {}

  /**
   * @param args how often noisy figures are measured, an earlier build or an empty argument, then
   *     names of parts; none: all
   */
  public static void main(String... args) throws Exception {
    int rounds = Integer.parseInt(args[0]);
    Path earlier = args[1].isEmpty() ? null : Path.of(args[1]).toAbsolutePath();
    List<String> wanted = Arrays.asList(args).subList(2, args.length);
    List<Part> parts = parts(earlier);
    Files.createDirectories(Report.DIRECTORY);
    Report report = new Report();
    if (wanted.contains(IN_MACHINE.name())) {
      IN_MACHINE.measure(report, rounds);
      return;
    }
    List<String> known = parts.stream().map(Part::name).toList();
    if (!known.containsAll(wanted)) {
      System.err.println("bench: takes " + String.join(" ", known));
      System.exit(2);
    }
    for (Part part : parts) {
      if (wanted.isEmpty() || wanted.contains(part.name())) {
        part.measure(report, rounds);
      }
    }
    report.write();
    System.exit(report.isMet() ? 0 : 1);
  }
}
