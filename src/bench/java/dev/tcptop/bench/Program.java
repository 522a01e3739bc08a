package dev.tcptop.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A program that runs beside the bench until it ends or is closed. */
class Program implements AutoCloseable {
  private final Process process;
  private final BufferedReader out;

  private Program(Process process) {
    this.process = process;
    out = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Starts a program whose output can be read. Its errors go to {@code errors.log}. */
  static Program start(String... command) throws IOException {
    return start(ProcessBuilder.Redirect.PIPE, command);
  }

  /** Starts a program whose output is discarded. */
  static Program startQuietly(String... command) throws IOException {
    return start(ProcessBuilder.Redirect.DISCARD, command);
  }

  private static Program start(ProcessBuilder.Redirect out, String... command) throws IOException {
    Path errors = Report.DIRECTORY.resolve("errors.log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(out)
            .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()));
    return new Program(builder.start());
  }

  /** Runs a program to its end and returns its output. */
  static String run(String... command) throws IOException, InterruptedException {
    try (Program program = start(command)) {
      return program.rest();
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for this line of output. */
  void await(String line) throws IOException {
    String read;
    do {
      read = out.readLine();
      if (read == null) {
        throw new IOException("it ended before it said " + line + ": " + process.info());
      }
    } while (!read.equals(line));
  }

  /** Waits for the end and returns the output that has not been read. */
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
