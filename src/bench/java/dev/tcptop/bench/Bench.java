package dev.tcptop.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs the parts of the bench that are named, or all of them. */
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

  /** Runs in a virtual machine only, since the peer needs kprobes. */
  private static final Part IN_MACHINE = new Monitored(true);

  private Bench() {}

  /**
   * @param args the number of rounds for noisy figures, the directory of an earlier build or an
   *     empty argument, then the names of parts; without a name all run
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
