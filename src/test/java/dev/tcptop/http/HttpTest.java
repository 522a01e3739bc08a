package dev.tcptop.http;

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
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
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
    while (feed.connection(id).toCompletableFuture().join().isEmpty()) {
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
  void aLossMakesTheNextSnapshotIncompleteAndNotTheOneAfter() {
    when().get("/api/v1/connections");
    collector.lose(new Losses(0, 0, 7, 0, 0));
    long now = System.nanoTime();
    while (feed.progress().orElseThrow().nanoTime() < now) {
      Thread.onSpinWait();
    }
    when()
        .get("/api/v1/connections")
        .then()
        .body("complete", equalTo(false))
        .body("lost.flows", equalTo(7));
    now = System.nanoTime();
    while (feed.progress().orElseThrow().nanoTime() < now) {
      Thread.onSpinWait();
    }
    when().get("/api/v1/connections").then().body("complete", equalTo(true));
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
        .body("accepts", equalTo("by script"));
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

  private BufferedReader open(String mediaType) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) events.openConnection();
    connection.setRequestProperty("Accept", mediaType);
    assertThat(connection.getContentType()).startsWith(mediaType);
    return new BufferedReader(
        new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
  }
}
