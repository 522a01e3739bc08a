package dev.tcptop.collect.ebpf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program of {@code src/test/c} that reports when it is ready, and goes on at a command. */
final class StagedWorkload implements AutoCloseable {
  private static final Path PROGRAMS = Path.of("src/test/c/.output");

  private final Process process;
  private final BufferedReader said;

  private StagedWorkload(Process process) {
    this.process = process;
    this.said = process.inputReader(UTF_8);
  }

  /**
   * Starts a program and waits until it is ready.
   *
   * @param behind a command such as {@code ip netns exec NAME}; empty: none
   * @param command a program's name and its arguments
   */
  static StagedWorkload start(List<String> behind, String... command) throws IOException {
    List<String> words = new ArrayList<>(behind);
    words.add(PROGRAMS.resolve(command[0]).toAbsolutePath().toString());
    words.addAll(List.of(command).subList(1, command.length));
    StagedWorkload workload =
        new StagedWorkload(
            new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    assertThat(workload.line()).as("what %s says first", words).isEqualTo("ready");
    return workload;
  }

  int pid() {
    return (int) process.pid();
  }

  /** Sends the program a command. */
  void tell(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(UTF_8));
    process.getOutputStream().flush();
  }

  /** The next line of the program; null: it has ended. */
  String line() throws IOException {
    return said.readLine();
  }

  /** The truths of the next {@code count} ends. */
  List<Truth> truths(int count) throws IOException {
    List<Truth> truths = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String line = line();
      assertThat(line).as("truth %d of %d", i + 1, count).isNotNull();
      truths.add(Truth.parse(line));
    }
    return truths;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    process.destroyForcibly().waitFor();
    said.close();
  }
}
