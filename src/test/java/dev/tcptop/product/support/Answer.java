package dev.tcptop.product.support;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The answer on a plain socket, to requests that no well-behaved client would send.
 *
 * @param status 0 where the connection was closed without an answer
 * @param headers by their names in lower case
 * @param body of the length that Content-Length says; empty for a stream
 */
public record Answer(int status, Map<String, String> headers, String body) {

  /** Sends a request of these lines to the product, on a connection of its own. */
  public static Answer to(Product product, String... lines) throws IOException {
    try (Socket socket = open(product)) {
      return to(socket, lines);
    }
  }

  public static Socket open(Product product) throws IOException {
    Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), product.uri("/").getPort());
    socket.setSoTimeout((int) Await.PATIENCE.toMillis());
    return socket;
  }

  /** Sends a request of these lines on a connection that stays open. */
  public static Answer to(Socket socket, String... lines) throws IOException {
    String request = String.join("\r\n", lines) + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
    return read(socket);
  }

  /** Reads the answer to a request that has been written. */
  public static Answer read(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    String first = line(in);
    if (first.isEmpty()) {
      return new Answer(0, Map.of(), "");
    }
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      String[] header = line.split(": ?", 2);
      headers.put(header[0].toLowerCase(Locale.ROOT), header[1]);
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    return new Answer(Integer.parseInt(first.split(" ")[1]), headers, body);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      line.append((char) c);
    }
    return line.toString().stripTrailing();
  }

  /** The detail of the problem in the body, whose status must be that of the answer. */
  public String problem() throws IOException {
    if (!"application/problem+json".equals(headers.get("content-type"))) {
      throw new AssertionError("not a problem: " + this);
    }
    JsonNode problem = Product.JSON.readTree(body);
    if (problem.path("status").asInt() != status || problem.path("title").asText().isEmpty()) {
      throw new AssertionError("the problem does not fit the answer: " + this);
    }
    return problem.path("detail").asText();
  }
}
