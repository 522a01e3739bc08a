package dev.tcptop.http.api;

import static io.restassured.RestAssured.config;
import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import dev.tcptop.collect.ScriptedCollector;
import dev.tcptop.collect.ScriptedReading;
import dev.tcptop.model.Losses;
import dev.tcptop.publish.ConnectionFeed;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.config.DecoderConfig;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The HTTP interface over a scripted collector: booted, since routing and health are Quarkus'. */
@QuarkusTest
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HttpTest {
  @Inject ScriptedCollector collector;
  @Inject ConnectionFeed feed;

  @TestHTTPResource("/api/v1/events")
  URL events;

  private static long nextId = 100;
  private long id;

  @BeforeEach
  void reportOneConnection() {
    id = nextId++;
    collector.report(ScriptedReading.tcp(id));
    awaitConnection();
  }

  private void awaitConnection() {
    while (feed.connection(id).await().indefinitely().isEmpty()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void theSnapshotHasTheConnection() {
    when()
        .get("/api/v1/connections")
        .then()
        .statusCode(200)
        .contentType("application/json")
        .body("connections.find { it.id == '" + id + "' }.process", equalTo("curl"))
        .body("total", equalTo(feed.progress().orElseThrow().total()))
        .body("intervalMillis", equalTo(100));
  }

  @Test
  void aFilterSelectsAndTheTotalStays() {
    given()
        .queryParam("filter", "id = " + id + " and process ~ ^cu")
        .get("/api/v1/connections")
        .then()
        .statusCode(200)
        .body("connections.id", equalTo(List.of(Long.toString(id))))
        .body("shown", equalTo(1))
        .body("total", equalTo(feed.progress().orElseThrow().total()));
  }

  @Test
  void aSortOrdersAndALimitCuts() {
    collector.report(ScriptedReading.tcp(nextId++));
    id = nextId++;
    collector.report(ScriptedReading.tcp(id));
    awaitConnection();
    given()
        .queryParam("filter", "id >= " + (id - 2))
        .queryParam("sort", "protocol,-id")
        .queryParam("limit", "2")
        .get("/api/v1/connections")
        .then()
        .body("connections.id", equalTo(List.of(Long.toString(id), Long.toString(id - 1))))
        .body("shown", equalTo(2));
  }

  @Test
  void aLimitOfNoneShowsTheTotalAlone() {
    given()
        .queryParam("limit", "0")
        .get("/api/v1/connections")
        .then()
        .body("connections", equalTo(List.of()))
        .body("shown", equalTo(0))
        .body("total", equalTo(feed.progress().orElseThrow().total()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          connections | filter=port+%3D%3D+1       | filter | 7 | a whole number
          connections | filter=                    | filter | 1 | one of the keys
          connections | sort=id,-nonsense          | sort   | 4 | 'nonsense'
          connections | limit=-1                   | limit  |   | a whole number from 0, not '-1'
          connections | limit=ten                  | limit  |   | a whole number from 0, not 'ten'
          connections | limit=                     | limit  |   | a whole number from 0, not ''
          connections | filtre=port%3D1            | filtre |   | filter, limit, sort, not 'filtre'
          connections | filter=id=1&filter=id=2    | filter |   | 2 times
          connections | limit                      | limit  |   | a whole number from 0, not ''
          events      | filter=state+%3C+4         | filter | 7 | one of =, !=, ~, in after state
          events      | limit=1                    | limit  |   | the parameters filter, not 'limit'
          """)
  void aParameterThatCanNotBeTakenIsAProblem(
      String path, String query, String parameter, Integer column, String detail) {
    given()
        .urlEncodingEnabled(false)
        .get("/api/v1/" + path + "?" + query)
        .then()
        .statusCode(400)
        .contentType("application/problem+json")
        .body("title", equalTo("Bad Request"))
        .body("parameter", equalTo(parameter))
        .body("column", equalTo(column))
        .body("detail", containsString(detail));
  }

  @Test
  void aSnapshotIsCompressedForTheAsking() {
    given()
        .header("Accept-Encoding", "gzip")
        .get("/api/v1/connections")
        .then()
        .header("Content-Encoding", "gzip")
        .body("intervalMillis", equalTo(100));
  }

  @Test
  void withoutTheAskingNothingIsCompressed() {
    given()
        .config(config().decoderConfig(DecoderConfig.decoderConfig().noContentDecoders()))
        .get("/api/v1/connections")
        .then()
        .header("Content-Encoding", nullValue())
        .body("intervalMillis", equalTo(100));
  }

  @Test
  void aLossIsToldToEveryClientAndALaterTickIsComplete() {
    collector.lose(new Losses(0, 0, 7, 0, 0));
    awaitTick();
    for (int client = 0; client < 2; client++) {
      when().get("/api/v1/connections").then().body("lost.flows", equalTo(7));
    }
    awaitTick();
    when()
        .get("/api/v1/connections")
        .then()
        .body("complete", equalTo(true))
        .body("lost.flows", equalTo(7));
  }

  private void awaitTick() {
    long now = System.nanoTime();
    while (feed.progress().orElseThrow().nanoTime() < now) {
      Thread.onSpinWait();
    }
  }

  @Test
  void oneConnectionIsAskedForByItsId() {
    when().get("/api/v1/connections/" + id).then().statusCode(200).body("pid", equalTo(1234));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "99999999", "-1", "abc", "9999999999999999999999"})
  void anUnknownIdIsAProblem(String unknown) {
    when()
        .get("/api/v1/connections/" + unknown)
        .then()
        .statusCode(404)
        .contentType("application/problem+json")
        .body("status", equalTo(404))
        .body("detail", containsString("'" + unknown + "'"));
  }

  @Test
  void theStatusSaysWhyUdpIsNotObserved() {
    when()
        .get("/api/v1/status")
        .then()
        .statusCode(200)
        .body("udp.observed", equalTo(false))
        .body("udp.way", nullValue())
        .body("udp.reason", equalTo("a test observes nothing"))
        .body("accepts", equalTo("close or file descriptor"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"live", "ready", "started"})
  void healthIsUp(String kind) {
    when().get("/q/health/" + kind).then().statusCode(200).body("status", equalTo("UP"));
  }

  @Test
  void theStreamBeginsWithWhatIsThere() throws IOException {
    try (BufferedReader lines = open("text/event-stream")) {
      assertThat(lines.readLine()).startsWith("retry: ");
      assertThat(lines.readLine()).isEmpty();
      assertThat(lines.readLine()).matches("event: present|id: .*");
    }
  }

  @Test
  void aStreamOfJsonLinesIsThereForTheAsking() throws IOException {
    try (BufferedReader lines = open("application/x-ndjson")) {
      assertThat(lines.readLine()).startsWith("{\"event\":\"present\",");
    }
  }

  @Test
  void anotherMediaTypeIsNotAcceptable() {
    given().accept("image/png").get("/api/v1/events").then().statusCode(406);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/event-stream", "application/x-ndjson"})
  void aStreamIsCompressedForTheAsking(String mediaType) throws IOException {
    HttpURLConnection connection = ask(events, mediaType);
    connection.setRequestProperty("Accept-Encoding", "gzip");
    assertThat(connection.getHeaderField("Content-Encoding")).isEqualTo("gzip");
    try (BufferedReader lines = read(new GZIPInputStream(connection.getInputStream()))) {
      assertThat(lines.readLine()).matches("retry: .*|\\{\"event\":\"present\",.*");
    }
  }

  @Test
  void aFilteredStreamHasWhatItsFilterLetsThrough() throws IOException {
    URL filtered = new URL(events + "?filter=id%3D" + id);
    HttpURLConnection connection = ask(filtered, "application/x-ndjson");
    try (BufferedReader lines = read(connection.getInputStream())) {
      assertThat(lines.readLine())
          .startsWith("{\"event\":\"present\",\"eventId\":")
          .contains(",\"id\":\"" + id + "\"");
      String line = lines.readLine();
      while (!line.startsWith("{\"event\":\"tick\"")) {
        assertThat(line).contains(",\"id\":\"" + id + "\"");
        line = lines.readLine();
      }
    }
  }

  private BufferedReader open(String mediaType) throws IOException {
    HttpURLConnection connection = ask(events, mediaType);
    assertThat(connection.getContentType()).startsWith(mediaType);
    return read(connection.getInputStream());
  }

  private static HttpURLConnection ask(URL url, String mediaType) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) url.openConnection();
    connection.setRequestProperty("Accept", mediaType);
    return connection;
  }

  private static BufferedReader read(InputStream in) {
    return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }
}
