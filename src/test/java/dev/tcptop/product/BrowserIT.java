package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.product.support.Answer;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Needs;
import dev.tcptop.product.support.Product;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Protection against web pages that a browser on this machine has open. */
class BrowserIT {
  private static Product product;

  @BeforeAll
  static void start() throws Exception {
    Needs.rootAnd("env");
    product =
        Launch.listening("--no-stdout")
            .with("TCPTOP_HOSTS", "tcptop.example, tcptop.tcptop.svc")
            .startAndWait();
  }

  @AfterAll
  static void stop() throws Exception {
    if (product != null) {
      product.close();
    }
  }

  private static Answer get(String path, String... headers) throws Exception {
    return Answer.to(
        product, ("GET " + path + " HTTP/1.1\n" + String.join("\n", headers)).split("\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/api/v1/connections",
        "/api/v1/events",
        "/q/health/live",
        "/q/metrics",
        "/q/openapi",
        "/nothing"
      })
  void aForeignNameIsRefused(String path) throws Exception {
    Answer answer = get(path, "Host: rebound.example:7070");
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.problem()).contains("Host", "rebound.example:7070", "tcptop.hosts");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost", "127.0.0.1:7070", "10.1.2.3", "[::1]:7070", "tcptop.tcptop.svc:7070"})
  void anAddressOrAnAllowedNameIsServed(String host) throws Exception {
    assertThat(get("/api/v1/status", "Host: " + host).status()).isEqualTo(200);
  }

  @Test
  void theHostsOwnNameIsAllowed() throws Exception {
    String name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    assertThat(get("/api/v1/status", "Host: " + name).status()).isEqualTo(200);
  }

  @Test
  void noHostIsNoAddress() throws Exception {
    assertThat(Answer.to(product, "GET /api/v1/status HTTP/1.0").status()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "OPTIONS"})
  void anotherOriginGetsNoLeave(String method) throws Exception {
    Answer answer =
        Answer.to(
            product,
            method + " /api/v1/status HTTP/1.1",
            "Host: localhost",
            "Origin: http://elsewhere.example",
            "Access-Control-Request-Method: GET");
    assertThat(answer.headers().keySet()).noneMatch(name -> name.startsWith("access-control-"));
  }

  @ParameterizedTest
  @CsvSource({
    "/api/v1/connections, localhost, 200",
    "/api/v1/connections/none, localhost, 404",
    "/api/v1/events, localhost, 200",
    "/api/v1/status, localhost, 200",
    "/api/v1/status, rebound.example, 403",
    "/q/health, localhost, 200",
    "/nothing, localhost, 404"
  })
  void everyAnswerHasTheHeadersOfSafety(String path, String host, int status) throws Exception {
    Answer answer = get(path, "Host: " + host);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.headers())
        .containsEntry("x-content-type-options", "nosniff")
        .containsEntry("referrer-policy", "no-referrer")
        .containsEntry("cross-origin-resource-policy", "same-origin")
        .doesNotContainKeys("server", "x-powered-by")
        .hasEntrySatisfying(
            "content-security-policy",
            policy ->
                assertThat(policy)
                    .contains("default-src 'self'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe", "*"));
  }
}
