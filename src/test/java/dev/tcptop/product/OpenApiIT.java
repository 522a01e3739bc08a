package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Needs;
import dev.tcptop.product.support.OpenApi;
import dev.tcptop.product.support.Product;
import dev.tcptop.product.support.TcpPair;
import dev.tcptop.product.support.UdpPair;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Calls every operation of /q/openapi with the examples that the document gives. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenApiIT {
  private static final String NDJSON = "application/x-ndjson";
  private static final String SSE = "text/event-stream";

  /** A media type that no operation offers. */
  private static final String ANOTHER = "image/png";

  /** The id that the document gives as an example. */
  private static final String UNKNOWN = "999999999999";

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Product product;
  private TcpPair tcp;
  private UdpPair udp;
  private OpenApi api;
  private JsonNode document;
  private String id;

  @BeforeAll
  void start() throws Exception {
    Needs.rootAnd("env");
    product = Launch.listening("--interval", "200ms", "--no-stdout").startAndWait();
    tcp = TcpPair.open().send(1);
    udp = UdpPair.open().send(1);
    product.awaitRow(udp.clientPort(), udp.serverPort(), row -> true);
    id = product.awaitRow(tcp.clientPort(), tcp.serverPort(), row -> true).path("id").asText();
    api = new OpenApi(product.json("/q/openapi"));
    document = api.document();
  }

  @AfterAll
  void stop() throws Exception {
    if (product != null) {
      product.close();
      tcp.close();
      udp.close();
    }
  }

  /** A call that the document describes. */
  private record Call(String path, String uri, String accept) {
    int status() {
      return accept.equals(ANOTHER) ? 406 : uri.endsWith(UNKNOWN) ? 404 : 200;
    }

    @Override
    public String toString() {
      return uri + " as " + accept;
    }
  }

  /** Each path, with each example of its parameters, and each media type of its answers. */
  private List<Call> calls() {
    List<Call> calls = new ArrayList<>();
    document
        .path("paths")
        .properties()
        .forEach(
            path -> {
              assertThat(path.getValue().fieldNames()).toIterable().containsExactly("get");
              JsonNode get = path.getValue().path("get");
              Set<String> accepted = new TreeSet<>();
              api.resolved(get.at("/responses/200"))
                  .path("content")
                  .fieldNames()
                  .forEachRemaining(accepted::add);
              if (get.path("responses").has("406")) {
                accepted.add(ANOTHER);
              }
              for (String uri : uris(path.getKey(), get.path("parameters"))) {
                accepted.forEach(accept -> calls.add(new Call(path.getKey(), uri, accept)));
              }
            });
    return calls;
  }

  private List<String> uris(String path, JsonNode parameters) {
    List<String> uris = List.of(path);
    for (JsonNode given : parameters) {
      JsonNode parameter = api.resolved(given);
      String name = parameter.path("name").asText();
      List<String> more =
          new ArrayList<>(parameter.path("required").asBoolean() ? List.of() : uris);
      for (String value : examples(parameter)) {
        String encoded = URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
        for (String uri : uris) {
          switch (parameter.path("in").asText()) {
            case "path" -> more.add(uri.replace("{" + name + "}", encoded));
            case "query" -> more.add(uri + (uri.contains("?") ? "&" : "?") + name + "=" + encoded);
            default -> throw new AssertionError("an example in " + parameter);
          }
        }
      }
      uris = more;
    }
    return uris;
  }

  private List<String> examples(JsonNode parameter) {
    List<String> values = new ArrayList<>();
    if (parameter.has("example")) {
      values.add(parameter.path("example").asText());
    }
    if (parameter.path("name").asText().equals("id")) {
      values.add(id);
    }
    return values;
  }

  @ParameterizedTest
  @MethodSource("calls")
  void theAnswerIsAsDescribed(Call call) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(product.uri(call.uri)).header("Accept", call.accept).build();
    HttpResponse<Stream<String>> response = http.send(request, BodyHandlers.ofLines());
    try (Stream<String> lines = response.body()) {
      int status = response.statusCode();
      assertThat(status).isEqualTo(call.status());
      JsonNode described = api.response(call.path, status);
      assertThat(described.isObject()).as("status " + status + " is described").isTrue();
      if (!described.has("content")) {
        assertThat(lines).as("the body").isEmpty();
        return;
      }
      String mediaType =
          response.headers().firstValue("Content-Type").orElse("").split(";")[0].strip();
      if (status == 200) {
        assertThat(mediaType).isEqualTo(call.accept.split(";")[0]);
      }
      JsonNode schema =
          described.path("content").path(status == 200 ? call.accept : mediaType).path("schema");
      assertThat(schema.isObject()).as(mediaType + " is described").isTrue();
      if (mediaType.equals(SSE) || mediaType.equals(NDJSON)) {
        assertEvents(lines.iterator(), mediaType);
      } else {
        String body = String.join("\n", (Iterable<String>) lines::iterator) + "\n";
        assertThat(api.mistakes(schema, mediaType.contains("json") ? body : quoted(body)))
            .isEmpty();
      }
    }
  }

  private static String quoted(String text) throws Exception {
    return Product.JSON.writeValueAsString(text);
  }

  /** Checks the events up to the second tick. */
  private void assertEvents(Iterator<String> lines, String mediaType) throws Exception {
    JsonNode schema = document.at("/components/schemas/Event");
    Set<String> seen = new HashSet<>();
    String name = "";
    for (int ticks = 0; ticks < 2; ) {
      String line = lines.next();
      ObjectNode event = null;
      if (mediaType.equals(NDJSON)) {
        event = (ObjectNode) Product.JSON.readTree(line);
      } else if (line.startsWith("event: ")) {
        name = line.substring(7);
      } else if (line.startsWith("data: ")) {
        event = (ObjectNode) Product.JSON.readTree(line.substring(6));
        event.put("event", name);
      }
      if (event != null) {
        assertThat(api.mistakes(schema, event.toString())).as(event.toString()).isEmpty();
        seen.add(event.path("event").asText());
        ticks += event.path("event").asText().equals("tick") ? 1 : 0;
      }
    }
    assertThat(seen).contains("present", "tick");
  }

  @Test
  void everyOperationIsCalled() {
    assertThat(calls().stream().filter(call -> call.status() == 200).map(Call::path).distinct())
        .containsExactlyElementsOf(document.path("paths")::fieldNames);
  }

  @Test
  void theExamplesAreAsTheirSchemasSay() throws Exception {
    int examples = 0;
    for (Map.Entry<String, JsonNode> schema : document.at("/components/schemas").properties()) {
      for (JsonNode example : schema.getValue().path("examples")) {
        assertThat(api.mistakes(schema.getValue(), example.toString()))
            .as(schema.getKey())
            .isEmpty();
        examples++;
      }
    }
    assertThat(examples).isPositive();
  }

  @Test
  void aConnectionHasTheKeysOfTheContract() {
    assertThat(document.at("/components/schemas/ConnectionFields/properties").fieldNames())
        .toIterable()
        .containsExactly(HttpIT.CONNECTION_KEYS);
    assertThat(document.at("/components/schemas/ConnectionFields/required"))
        .extracting(JsonNode::asText)
        .containsExactly(HttpIT.CONNECTION_KEYS);
  }

  @Test
  void itIsOfThisVersion() throws Exception {
    assertThat(document.at("/info/version").asText())
        .isEqualTo(product.json("/api/v1/status").path("version").asText());
  }
}
