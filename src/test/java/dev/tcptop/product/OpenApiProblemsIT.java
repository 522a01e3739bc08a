package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tcptop.product.support.Answer;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Needs;
import dev.tcptop.product.support.OpenApi;
import dev.tcptop.product.support.Product;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The problems with which requests are refused, compared with /q/openapi. */
class OpenApiProblemsIT {
  private static final String CONNECTIONS = "/api/v1/connections";
  private static final String EVENTS = "/api/v1/events";
  private static final String HOST = "Host: localhost";
  private static final String TOKEN = "Authorization: Bearer a-token-of-a-test-0123456789";

  @TempDir static Path directory;
  private static Product product;
  private static OpenApi api;

  @BeforeAll
  static void start() throws Exception {
    Needs.rootAnd("env");
    Path token = Files.writeString(directory.resolve("token"), TOKEN.split("Bearer ")[1] + "\n");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("r--------"));
    product =
        Launch.listening("--no-stdout", "--token-file", token.toString())
            .with("TCPTOP_MAX_SUBSCRIBERS", "1")
            .startAndWait();
    Answer answer = Answer.to(product, "GET /q/openapi HTTP/1.1", HOST, TOKEN);
    api = new OpenApi(Product.JSON.readTree(answer.body()));
  }

  @AfterAll
  static void stop() throws Exception {
    if (product != null) {
      product.close();
    }
  }

  private static String get(String uri) {
    return "GET " + uri + " HTTP/1.1";
  }

  /** The problem, which must match the schema of the document. */
  private static JsonNode described(String path, int status, Answer answer) throws Exception {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    answer.problem();
    JsonNode response = api.response(path, status);
    JsonNode schema = response.path("content").path("application/problem+json").path("schema");
    assertThat(schema.isObject()).as(path + " describes " + status).isTrue();
    assertThat(api.mistakes(schema, answer.body())).isEmpty();
    response
        .path("headers")
        .fieldNames()
        .forEachRemaining(
            name -> assertThat(answer.headers()).containsKey(name.toLowerCase(Locale.ROOT)));
    return Product.JSON.readTree(answer.body());
  }

  @ParameterizedTest
  @CsvSource({
    "/api/v1/connections, filter=port%20%3D%3D%20443, filter, 7",
    "/api/v1/connections, filter=, filter, 1",
    "/api/v1/connections, sort=id%2C-nonsense, sort, 4",
    "/api/v1/connections, limit=ten, limit,",
    "/api/v1/connections, limit=1&limit=2, limit,",
    "/api/v1/connections, filtre=port%3D1, filtre,",
    "/api/v1/events, filter=state%20%3C%204, filter, 7",
    "/api/v1/events, limit=1, limit,",
  })
  void aBadParameter(String path, String query, String parameter, Integer column) throws Exception {
    Answer answer = Answer.to(product, get(path + "?" + query), HOST, TOKEN);

    JsonNode problem = described(path, 400, answer);

    assertThat(problem.path("parameter").asText()).isEqualTo(parameter);
    assertThat(problem.has("column")).isEqualTo(column != null);
    assertThat(problem.path("column").asInt()).isEqualTo(column == null ? 0 : column);
  }

  @Test
  void theExamplesAreWhatIsAnswered() throws Exception {
    JsonNode examples =
        api.response(CONNECTIONS, 400).at("/content/application~1problem+json/examples");
    for (String query : new String[] {"limit=ten", "filter=port%20%3D%3D%20443"}) {
      Answer answer = Answer.to(product, get(CONNECTIONS + "?" + query), HOST, TOKEN);
      assertThat(examples.path(query.split("=")[0]).path("value"))
          .isEqualTo(Product.JSON.readTree(answer.body()));
    }
  }

  private static Stream<String> paths() {
    return api.document().path("paths").properties().stream().map(Map.Entry::getKey);
  }

  @ParameterizedTest
  @MethodSource("paths")
  void aForeignHostABodyAndWhatIsTooLargeAreRefusedEverywhere(String path) throws Exception {
    String uri = path.replace("{id}", "1");

    described(path, 403, Answer.to(product, get(uri), "Host: example.com", TOKEN));
    described(path, 413, Answer.to(product, get(uri), HOST, TOKEN, "Content-Length: 1"));
    described(path, 414, Answer.to(product, get(uri + "?" + "a".repeat(9_000)), HOST, TOKEN));
    described(path, 431, Answer.to(product, get(uri), HOST, TOKEN, "X: " + "a".repeat(17_000)));
  }

  @ParameterizedTest
  @MethodSource("paths")
  void theTokenIsAskedForWhereTheDocumentSays(String path) throws Exception {
    Answer answer = Answer.to(product, get(path.replace("{id}", "1")), HOST);

    if (api.response(path, 401).isObject()) {
      described(path, 401, answer);
    } else {
      assertThat(answer.status()).isEqualTo(200);
    }
  }

  @Test
  void aSubscriberTooMany() throws Exception {
    try (Socket subscriber = Answer.open(product)) {
      assertThat(Answer.to(subscriber, get(EVENTS), HOST, TOKEN).status()).isEqualTo(200);

      described(EVENTS, 503, Answer.to(product, get(EVENTS), HOST, TOKEN));
    }
  }
}
