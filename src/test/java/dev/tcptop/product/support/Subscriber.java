package dev.tcptop.product.support;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * A curl that reads the event stream. On a machine in use nearly all events belong to other
 * programs' connections, so an event is kept as text and each wait looks at an event once.
 */
public final class Subscriber implements AutoCloseable {
  private final Process curl;
  private final boolean ndjson;

  /** The reading thread adds to the list, which is its own lock. */
  private final List<Event> events = new ArrayList<>();

  private volatile String broken = "";
  private volatile int comments;

  /**
   * An event.
   *
   * @param id empty where the event has none
   * @param localPort 0 where the event has no connection
   * @param remotePort likewise
   * @param json the data
   * @param arrived when the event was read
   */
  public record Event(
      String id, String name, int localPort, int remotePort, String json, Instant arrived) {

    /** Parses the data anew at each call. */
    public JsonNode data() {
      try {
        return Product.JSON.readTree(json);
      } catch (JsonProcessingException e) {
        throw new UncheckedIOException(e);
      }
    }

    public boolean isOf(int localPort, int remotePort) {
      return this.localPort == localPort && this.remotePort == remotePort;
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

  /** A subscriber that asks for gzip. */
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

  /** A subscriber that has seen this event and comes back. */
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
          add(eventId == null ? "" : eventId.asText(), event, json);
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
          add(id, name, Product.JSON.readTree(data));
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

  private void add(String id, String name, JsonNode data) {
    Event event =
        new Event(
            id,
            name,
            data.path("localPort").asInt(),
            data.path("remotePort").asInt(),
            data.toString(),
            Instant.now());
    synchronized (events) {
      events.add(event);
    }
  }

  private void assertReadable() {
    if (!broken.isEmpty() && curl.isAlive()) {
      throw new AssertionError("the stream can't be read: " + broken);
    }
  }

  /** All events so far, including those of other programs' connections. */
  public List<Event> events() {
    return eventsFrom(0);
  }

  /** The events so far, from this index on. */
  public List<Event> eventsFrom(int index) {
    assertReadable();
    synchronized (events) {
      return List.copyOf(events.subList(index, events.size()));
    }
  }

  /** The events so far that are as wanted. */
  public List<Event> events(Predicate<Event> wanted) {
    return events().stream().filter(wanted).toList();
  }

  /** The first event that is as wanted, once there is one. */
  public Event await(String what, Predicate<Event> wanted) throws Exception {
    int[] seen = new int[1];
    return Await.until(
        () -> what,
        () -> {
          List<Event> more = eventsFrom(seen[0]);
          seen[0] += more.size();
          return more.stream().filter(wanted).findFirst();
        });
  }

  /** The heartbeats so far. */
  public int heartbeats() {
    return ndjson ? events(event -> event.is("heartbeat")).size() : comments;
  }

  /** Waits for a number of further ticks. */
  public void awaitTicks(int number) throws Exception {
    int[] left = {number};
    int[] seen = {events().size()};
    Await.untilTrue(
        number + " more ticks",
        () -> {
          List<Event> more = eventsFrom(seen[0]);
          seen[0] += more.size();
          left[0] -= (int) more.stream().filter(event -> event.is("tick")).count();
          return left[0] <= 0;
        });
  }

  /** Waits until curl ends by itself, as it does when the stream ends, and returns its status. */
  public int awaitEnd() throws Exception {
    Await.untilTrue("curl ends", () -> !curl.isAlive());
    return curl.exitValue();
  }

  @Override
  public void close() {
    curl.destroyForcibly();
  }
}
