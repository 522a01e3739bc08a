package dev.tcptop.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The product, started as a user does. */
final class Tcptop implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Program program;
  private final int port;

  private Tcptop(Program program, int port) {
    this.program = program;
    this.port = port;
  }

  /** Its stdout goes to a file, the terminal of one who only looks at the end. */
  static Tcptop start(String... options) throws IOException, InterruptedException {
    return start(Map.of(), new File("/dev/null"), options);
  }

  static Tcptop start(Map<String, String> environment, File out, String... options)
      throws IOException, InterruptedException {
    int port = freePort();
    List<String> command = new ArrayList<>(List.of("./tcptop", "--listen", "127.0.0.1:" + port));
    command.addAll(List.of(options));
    Tcptop tcptop =
        new Tcptop(
            Program.start(
                environment, ProcessBuilder.Redirect.to(out), command.toArray(String[]::new)),
            port);
    while (!tcptop.isReady()) {
      if (!tcptop.program.isAlive()) {
        throw new IOException("tcptop did not start, see target/bench/errors.log");
      }
      Thread.sleep(20);
    }
    return tcptop;
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private boolean isReady() throws InterruptedException {
    try {
      return get("/q/health/ready").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    return HTTP.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  JsonNode status() throws IOException, InterruptedException {
    return new ObjectMapper().readTree(get("/api/v1/status").body());
  }

  int port() {
    return port;
  }

  double cpuSeconds() throws IOException {
    return program.cpuSeconds();
  }

  double residentMib() throws IOException {
    return program.residentMib();
  }

  @Override
  public void close() throws IOException {
    program.close();
  }
}
