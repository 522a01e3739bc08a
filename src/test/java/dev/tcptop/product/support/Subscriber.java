package dev.tcptop.product.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** A curl that reads the event stream. */
public final class Subscriber implements AutoCloseable {
  private final Process curl;
  private final boolean ndjson;
  private final List<Event> events = new CopyOnWriteArrayList<>();
  private volatile String broken = "";
  private volatile int comments;

  /**
   * An event.
   *
   * @param id empty: it has none
   * @param arrived when it was read
   */
  public record Event(String id, String name, JsonNode data, Instant arrived) {
    public boolean isOf(int localPort, int remotePort) {
      return data.path("localPort").asInt() == localPort
          && data.path("remotePort").asInt() == remotePort;
    }

    public boolean is(String wanted) {
      return name.equals(wanted);
    }
  }

  private Subscriber(Product product, String mediaType, String query, String... options)
      throws IOException {
    ndjson = mediaType.equals("application/x-ndjson");
    List<String> command = new ArrayList<>(List.of("curl"));
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "--silent",
            "--show-error",
            "--fail",
            "--no-buffer",
            "--header",
            "Accept: " + mediaType,
            product.uri("/api/v1/events" + query).toString()));
    curl = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    Thread reader = new Thread(this::read, "subscriber");
    reader.setDaemon(true);
    reader.start();
  }

  public static Subscriber sse(Product product) throws IOException {
    return sse(product, "");
  }

  /**
   * @param query begins with a question mark, or is empty
   */
  public static Subscriber sse(Product product, String query) throws IOException {
    return new Subscriber(product, "text/event-stream", query);
  }

  /** One that asks for gzip. */
  public static Subscriber compressed(Product product, String query) throws IOException {
    return new Subscriber(product, "text/event-stream", query, "--compressed");
  }

  public static Subscriber ndjson(Product product) throws IOException {
    return ndjson(product, "");
  }

  /**
   * @param query begins with a question mark, or is empty
   */
  public static Subscriber ndjson(Product product, String query) throws IOException {
    return new Subscriber(product, "application/x-ndjson", query);
  }

  /** One that has seen this event and comes back. */
  public static Subscriber sseAfter(Product product, String lastEventId) throws IOException {
    return sseAfter(product, "", lastEventId);
  }

  public static Subscriber sseAfter(Product product, String query, String lastEventId)
      throws IOException {
    return new Subscriber(
        product, "text/event-stream", query, "--header", "Last-Event-ID: " + lastEventId);
  }

  public static Subscriber ndjsonAfter(Product product, String lastEventId) throws IOException {
    return new Subscriber(
        product, "application/x-ndjson", "", "--header", "Last-Event-ID: " + lastEventId);
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(curl.getInputStream(), StandardCharsets.UTF_8))) {
      String id = "";
      String name = "";
      String data = "";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (ndjson) {
          JsonNode json = Product.JSON.readTree(line);
          String event = ((ObjectNode) json).remove("event").asText();
          JsonNode eventId = ((ObjectNode) json).remove("eventId");
          events.add(
              new Event(eventId == null ? "" : eventId.asText(), event, json, Instant.now()));
        } else if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("event: ")) {
          name = line.substring(7);
        } else if (line.startsWith("data: ")) {
          data = line.substring(6);
        } else if (line.startsWith(":")) {
          comments++;
        } else if (line.startsWith("retry: ") || line.isEmpty() && name.isEmpty()) {
          continue; // no event
        } else if (line.isEmpty()) {
          events.add(new Event(id, name, Product.JSON.readTree(data), Instant.now()));
          id = "";
          name = "";
          data = "";
        } else {
          throw new IOException("not a line of an event stream: " + line);
        }
      }
    } catch (IOException | RuntimeException e) {
      broken = e.toString();
    }
  }

  /** All so far. */
  public List<Event> events() {
    if (!broken.isEmpty() && curl.isAlive()) {
      throw new AssertionError("the stream can't be read: " + broken);
    }
    return events;
  }

  public List<Event> events(Predicate<Event> wanted) {
    return events().stream().filter(wanted).toList();
  }

  /** The first that is as wanted, once there is one. */
  public Event await(String what, Predicate<Event> wanted) throws Exception {
    return Await.until(() -> what, () -> events().stream().filter(wanted).findFirst());
  }

  /** The heartbeats so far. */
  public int heartbeats() {
    return ndjson ? events(event -> event.is("heartbeat")).size() : comments;
  }

  /** Waits for a number of further ticks. */
  public void awaitTicks(int number) throws Exception {
    int before = events(event -> event.is("tick")).size();
    Await.untilTrue(
        number + " ticks more", () -> events(event -> event.is("tick")).size() >= before + number);
  }

  /** Waits until curl ends by itself, as it does when the stream ends. */
  public int awaitEnd() throws Exception {
    Await.untilTrue("curl ends", () -> !curl.isAlive());
    return curl.exitValue();
  }

  @Override
  public void close() {
    curl.destroyForcibly();
  }
}
