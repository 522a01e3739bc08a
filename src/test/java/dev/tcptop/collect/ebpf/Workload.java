package dev.tcptop.collect.ebpf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.model.Connection;
import dev.tcptop.model.Losses;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs a program of {@code src/test/c}, and compares its figures with those of the collector. */
final class Workload {
  private static final Path PROGRAMS = Path.of("src/test/c/.output");
  private static final int SHOWN = 20;
  private static final long TICK_MILLIS = 50;

  private Workload() {}

  /** A program that is running. */
  record Running(List<String> words, Process process, CompletableFuture<String> output) {

    /** Ticks until the program has ended, and returns its figures. */
    List<Truth> end(Watch watch) throws Exception {
      while (!process.waitFor(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
        watch.tick();
      }
      assertThat(process.exitValue()).as("status of %s", words).isZero();
      return output.get(1, TimeUnit.MINUTES).lines().map(Truth::parse).toList();
    }
  }

  /** The number of ends that were compared, and a line for each wrong one. */
  record Comparison(int ends, List<String> wrong) {
    void assertNoneWrong() {
      assertThat(wrong.stream().limit(SHOWN).toList())
          .as("%d wrong of %d", wrong.size(), ends)
          .isEmpty();
    }
  }

  /**
   * Starts a program in a namespace.
   *
   * @param command a program's name and its arguments
   */
  static Running start(Netns netns, String... command) throws IOException {
    List<String> words = new ArrayList<>(netns.behind());
    words.addAll(List.of(command));
    words.set(netns.behind().size(), PROGRAMS.resolve(command[0]).toAbsolutePath().toString());
    Process process =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    CompletableFuture<String> output =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return new String(process.getInputStream().readAllBytes(), UTF_8);
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    return new Running(words, process, output);
  }

  /** Runs a program to its end, ticking meanwhile, and returns its figures. */
  static List<Truth> run(Watch watch, Netns netns, String... command) throws Exception {
    return start(netns, command).end(watch);
  }

  /**
   * Waits for all connections of the workload to end. Fails unless the collector saw each of their
   * ends close once, with every figure true, and nothing else in this namespace.
   *
   * @return the number of ends that were compared
   */
  static int assertTrue(Watch watch, Netns netns, List<Truth> truths) throws Exception {
    Comparison comparison = compare(watch, netns, truths);
    comparison.assertNoneWrong();
    return comparison.ends();
  }

  /** Compares as {@link #assertTrue} does, but returns what is wrong. */
  static Comparison compare(Watch watch, Netns netns, List<Truth> truths) {
    assertThat(truths).as("what the workload said").isNotEmpty();
    watch.awaitTicks(() -> closes(watch, netns).size() >= truths.size());
    watch.tick();
    Map<String, Deque<Connection>> seen = new HashMap<>();
    for (Connection close : closes(watch, netns)) {
      seen.computeIfAbsent(Truth.end(close), end -> new ArrayDeque<>()).add(close);
    }
    List<String> wrong = new ArrayList<>();
    for (Truth truth : truths) {
      Deque<Connection> closes = seen.getOrDefault(truth.end(), new ArrayDeque<>());
      if (closes.isEmpty()) {
        wrong.add(truth.end() + ": was not seen to close; it is " + truth.values());
        continue;
      }
      // Of several with the same ends, the one that is meant.
      Connection close =
          closes.stream()
              .filter(c -> truth.differences(c, watch.seesAccepts()).isEmpty())
              .findFirst()
              .orElseGet(closes::element);
      closes.remove(close);
      List<String> differences = truth.differences(close, watch.seesAccepts());
      if (!differences.isEmpty()) {
        wrong.add(truth.end() + ": " + differences);
      }
    }
    seen.values()
        .forEach(rest -> rest.forEach(c -> wrong.add(Truth.end(c) + ": nobody made it: " + c)));
    // Losses of UDP are those of the whole machine, and do not concern a workload without UDP.
    Losses lost = watch.lastSample().lost();
    boolean onlyTcp = truths.stream().allMatch(truth -> truth.end().startsWith("tcp "));
    Losses own = onlyTcp ? new Losses(lost.closes(), lost.sockets(), 0, 0, lost.events()) : lost;
    if (!own.none()) {
      wrong.add(0, "the collector lost something: " + own);
    }
    return new Comparison(truths.size(), wrong);
  }

  /** The connections of a namespace that closed. */
  static List<Connection> closes(Watch watch, Netns netns) {
    return watch.closes().stream().filter(c -> c.netns() == netns.inode()).toList();
  }
}
