package dev.tcptop.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that runs beside the bench until it ends or is closed. */
class Program implements AutoCloseable {
  private static final double TICKS_PER_SECOND = 100; // USER_HZ

  private final Process process;
  private final BufferedReader out;

  private Program(Process process) {
    this.process = process;
    out = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Its output can be read, its errors are shown. */
  static Program start(String... command) throws IOException {
    return start(Map.of(), ProcessBuilder.Redirect.PIPE, command);
  }

  /** Its output goes nowhere. */
  static Program startQuietly(String... command) throws IOException {
    return start(Map.of(), ProcessBuilder.Redirect.DISCARD, command);
  }

  static Program start(
      Map<String, String> environment, ProcessBuilder.Redirect out, String... command)
      throws IOException {
    Path errors = Report.DIRECTORY.resolve("errors.log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(out)
            .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()));
    builder.environment().putAll(environment);
    return new Program(builder.start());
  }

  /** Runs to the end and gives the output. */
  static String run(String... command) throws IOException, InterruptedException {
    try (Program program = start(command)) {
      return program.rest();
    }
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for this line. */
  void await(String line) throws IOException {
    String read;
    do {
      read = out.readLine();
      if (read == null) {
        throw new IOException("it ended before it said " + line + ": " + process.info());
      }
    } while (!read.equals(line));
  }

  /** Waits for the end. What was written until then and not read yet. */
  String rest() throws IOException, InterruptedException {
    StringBuilder text = new StringBuilder();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      text.append(line).append('\n');
    }
    int status = process.waitFor();
    if (status != 0) {
      throw new IOException("status " + status + ", see target/bench/errors.log: " + text);
    }
    return text.toString();
  }

  /** CPU time of kernel and user side, its ended children's too. */
  double cpuSeconds() throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid() + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long ticks = 0;
    for (int i = 11; i <= 14; i++) { // utime stime cutime cstime
      ticks += Long.parseLong(fields[i]);
    }
    return ticks / TICKS_PER_SECOND;
  }

  /** Resident memory. */
  double residentMib() throws IOException {
    List<String> status = Files.readAllLines(Path.of("/proc/" + pid() + "/status"));
    for (String line : status) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
      }
    }
    return 0;
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    out.close();
  }
}
