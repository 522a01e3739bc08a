package dev.tcptop.collect.ebpf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.model.Connection;
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

/** Runs a program of {@code src/test/c} and compares what it says with what the collector saw. */
final class Workload {
  private static final Path PROGRAMS = Path.of("src/test/c/.output");
  private static final int SHOWN = 20;
  private static final long TICK_MILLIS = 50;

  private Workload() {}

  /**
   * Runs it to its end, ticking meanwhile, and returns what it said.
   *
   * @param command a program's name and its arguments
   */
  static List<Truth> run(Watch watch, Netns netns, String... command) throws Exception {
    return finish(watch, start(netns, command));
  }

  /** Starts it, for {@link #finish}. */
  static Process start(Netns netns, String... command) throws IOException {
    List<String> words = new ArrayList<>(netns.behind());
    words.addAll(List.of(command));
    words.set(netns.behind().size(), PROGRAMS.resolve(command[0]).toAbsolutePath().toString());
    return new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** Ticks until it ends, and returns what it said. */
  static List<Truth> finish(Watch watch, Process process) throws Exception {
    ProcessHandle.Info info = process.info(); // it is gone when the process has ended
    CompletableFuture<String> output =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return new String(process.getInputStream().readAllBytes(), UTF_8);
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    while (!process.waitFor(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
      watch.tick();
    }
    assertThat(process.exitValue()).as("status of %s", info).isZero();
    return output.get(1, TimeUnit.MINUTES).lines().map(Truth::parse).toList();
  }

  /**
   * Waits for the end of all that the workload did, and fails unless the collector saw each end of
   * each connection close once, with every figure true, and nothing else in this namespace.
   *
   * @return how many ends were compared
   */
  static int assertTrue(Watch watch, Netns netns, List<Truth> truths) throws Exception {
    assertThat(truths).as("what the workload said").isNotEmpty();
    watch.awaitTicks(() -> closes(watch, netns).size() >= truths.size());
    List<String> wrong = wrong(watch, netns, truths);
    assertThat(wrong.stream().limit(SHOWN).toList())
        .as("%d wrong of %d", wrong.size(), truths.size())
        .isEmpty();
    assertThat(watch.lastSample().lost().none()).as("nothing lost").isTrue();
    return truths.size();
  }

  /** What is not true of the closes in this namespace, an entry an end. */
  static List<String> wrong(Watch watch, Netns netns, List<Truth> truths) {
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
      List<String> differences = truth.differences(closes.remove(), watch.seesAccepts());
      if (!differences.isEmpty()) {
        wrong.add(truth.end() + ": " + differences);
      }
    }
    seen.values()
        .forEach(rest -> rest.forEach(c -> wrong.add(Truth.end(c) + ": nobody made it: " + c)));
    return wrong;
  }

  private static List<Connection> closes(Watch watch, Netns netns) {
    return watch.closes().stream().filter(c -> c.netns() == netns.inode()).toList();
  }
}
