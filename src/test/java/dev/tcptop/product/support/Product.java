package dev.tcptop.product.support;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The product as a process of its own, which {@link #close} kills if it still runs. */
public final class Product implements AutoCloseable {
  public static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final Process process;
  private final Path stdout;
  private final Path stderr;
  private final List<Path> temporary;
  private final int port;

  /** The lines of the first {@link #parsedBytes} of stdout. */
  private final List<Line> lines = new ArrayList<>();

  private long parsedBytes;

  Product(Process process, Path stdout, Path stderr, List<Path> temporary, int port) {
    this.process = process;
    this.stdout = stdout;
    this.stderr = stderr;
    this.temporary = temporary;
    this.port = port;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public String stdout() throws IOException {
    return Files.readString(stdout);
  }

  private String stdoutOrNot() {
    try {
      return stdout();
    } catch (IOException e) {
      return e.toString();
    }
  }

  public String stderr() throws IOException {
    return Files.readString(stderr);
  }

  /** Whether the process has a file open or mapped whose name contains this text. */
  public boolean hasOpen(String name) throws IOException {
    Path process = Path.of("/proc", Long.toString(pid()));
    try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
      for (Path descriptor : descriptors.toList()) {
        try {
          if (Files.readSymbolicLink(descriptor).toString().contains(name)) {
            return true;
          }
        } catch (IOException e) {
          continue; // the descriptor has been closed
        }
      }
    }
    return Files.readString(process.resolve("maps")).contains(name);
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  public void awaitReady() throws Exception {
    Await.untilTrue(
        "tcptop is ready",
        () -> {
          assertNoBuild();
          if (!process.isAlive()) {
            throw new AssertionError(
                "tcptop ended with status " + process.exitValue() + ": " + stderr());
          }
          try {
            return get("/q/health/ready").statusCode() == 200;
          } catch (IOException e) {
            return false;
          }
        });
  }

  private void assertNoBuild() throws IOException {
    if (stderr().contains("tcptop: building")) {
      throw new AssertionError("a source is newer than " + Launch.JAR + ": package first");
    }
  }

  public Ended awaitEnd() throws Exception {
    if (!process.waitFor(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("tcptop has not ended; stderr: " + stderr());
    }
    assertNoBuild();
    return new Ended(process.exitValue(), stdout(), stderr());
  }

  /** Sends a signal, for example {@code INT}, and waits for the end. */
  public Ended end(String signal) throws Exception {
    signal(signal);
    return awaitEnd();
  }

  public void signal(String name) throws Exception {
    int sent =
        new ProcessBuilder("kill", "-s", name, Long.toString(pid())).inheritIO().start().waitFor();
    assertThat(sent).as("status of kill").isZero();
  }

  public HttpResponse<String> get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(uri(path)).timeout(Await.PATIENCE).build();
    return HTTP.send(request, BodyHandlers.ofString());
  }

  public JsonNode json(String path) throws Exception {
    HttpResponse<String> response = get(path);
    assertThat(response.statusCode()).as(path).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  /** The snapshot, filtered by these ports, since a machine in use has thousands of other rows. */
  public JsonNode snapshot(int localPort, int remotePort) throws Exception {
    String filter = "localPort = " + localPort + " and remotePort = " + remotePort;
    return json("/api/v1/connections?filter=" + URLEncoder.encode(filter, StandardCharsets.UTF_8));
  }

  /** The row with these ports. */
  public Optional<JsonNode> row(int localPort, int remotePort) throws Exception {
    return row(snapshot(localPort, remotePort), localPort, remotePort);
  }

  public static Optional<JsonNode> row(JsonNode snapshot, int localPort, int remotePort) {
    for (JsonNode row : snapshot.path("connections")) {
      if (row.path("localPort").asInt() == localPort
          && row.path("remotePort").asInt() == remotePort) {
        return Optional.of(row);
      }
    }
    return Optional.empty();
  }

  /** The row with these ports, once it is as wanted. */
  public JsonNode awaitRow(int localPort, int remotePort, Predicate<JsonNode> wanted)
      throws Exception {
    JsonNode[] last = new JsonNode[1];
    return Await.until(
        () -> "a row " + localPort + " → " + remotePort + " as wanted; last seen: " + last[0],
        () -> {
          Optional<JsonNode> row = row(localPort, remotePort);
          row.ifPresent(seen -> last[0] = seen);
          return row.filter(wanted);
        });
  }

  /** The complete lines on stdout so far. Each must be a line of the stream, and is parsed once. */
  public List<Line> lines() throws IOException {
    try (InputStream in = Files.newInputStream(stdout)) {
      in.skipNBytes(parsedBytes);
      byte[] more = in.readAllBytes();
      int whole = more.length;
      while (whole > 0 && more[whole - 1] != '\n') {
        whole--;
      }
      parsedBytes += whole;
      new String(more, 0, whole, StandardCharsets.UTF_8)
          .lines()
          .map(Line::parse)
          .forEach(lines::add);
    }
    return Collections.unmodifiableList(lines);
  }

  /** The lines of the connection with these ports. */
  public List<Line> lines(int localPort, int remotePort) throws IOException {
    return lines().stream().filter(line -> line.isBetween(localPort, remotePort)).toList();
  }

  /** The first line of the connection with these ports that is as wanted, once there is one. */
  public Line awaitLine(int localPort, int remotePort, Predicate<Line> wanted) throws Exception {
    int[] seen = new int[1];
    return Await.until(
        () -> "a line " + localPort + " → " + remotePort + " as wanted; stdout: " + stdoutOrNot(),
        () -> {
          List<Line> all = lines();
          List<Line> more = all.subList(seen[0], all.size());
          seen[0] += more.size();
          return more.stream()
              .filter(line -> line.isBetween(localPort, remotePort))
              .filter(wanted)
              .findFirst();
        });
  }

  @Override
  public void close() throws IOException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    boolean interrupted = false;
    try {
      process.waitFor(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    for (Path file : temporary) {
      Files.deleteIfExists(file);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
