package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.FreePort;
import dev.tcptop.product.support.Answer;
import dev.tcptop.product.support.Await;
import dev.tcptop.product.support.Ended;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Needs;
import dev.tcptop.product.support.Product;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests with and without the token. */
class TokenIT {
  private static final String BEARER = "Authorization: Bearer s3cret-of-a-test";

  @TempDir private static Path directory;
  private static Product product;

  /** The token file is as Kubernetes mounts a secret: a link to a file below a linked directory. */
  @BeforeAll
  static void start() throws Exception {
    Needs.rootAnd("env", "mkfifo");
    Path data = Files.createDirectory(directory.resolve("..2026"));
    file(data.resolve("token"), "s3cret-of-a-test\n", "r--------");
    Files.createSymbolicLink(directory.resolve("..data"), Path.of("..2026"));
    Path link = Files.createSymbolicLink(directory.resolve("token"), Path.of("..data/token"));
    product = Launch.listening("--no-stdout", "--token-file", link.toString()).startAndWait();
  }

  private static Path file(Path path, String text, String mode) throws Exception {
    return Files.setPosixFilePermissions(
        Files.writeString(path, text), PosixFilePermissions.fromString(mode));
  }

  @AfterAll
  static void stop() throws Exception {
    if (product != null) {
      product.close();
    }
  }

  private static Answer get(String path, String... headers) throws Exception {
    String lines = "GET " + path + " HTTP/1.1\nHost: localhost\n" + String.join("\n", headers);
    return Answer.to(product, lines.strip().split("\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/api/v1/connections",
        "/api/v1/connections/1",
        "/api/v1/events",
        "/api/v1/status",
        "/q",
        "/q/health",
        "/q/health/started",
        "/q/metrics",
        "/q/openapi",
        "/nothing",
        "//q/health/live",
        "/q/health/live/",
        "/q/health/live/../../metrics",
        "/q/health/%6cive",
        "/q/health/live;x"
      })
  void withoutTheTokenThereIsNothing(String path) throws Exception {
    Answer answer = get(path);
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.headers().get("www-authenticate")).startsWith("Bearer");
    assertThat(answer.problem())
        .contains("Authorization", "--token-file")
        .doesNotContain("s3cret-of-a-test");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "HEAD", "OPTIONS", "TRACE", "BREW"})
  void anyMethodNeedsIt(String method) throws Exception {
    assertThat(Answer.to(product, method + " /api/v1/status HTTP/1.1", "Host: localhost").status())
        .isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization: Bearer wrong",
        "Authorization: Basic s3cret-of-a-test",
        "X: s3cret-of-a-test"
      })
  void aWrongOneIsNone(String header) throws Exception {
    assertThat(get("/api/v1/status", header).status()).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/v1/connections", "/api/v1/events", "/api/v1/status", "/q/health"})
  void withItThereIsAll(String path) throws Exception {
    assertThat(get(path, BEARER).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/q/health/live", "/q/health/ready"})
  void aKubeletNeedsNone(String path) throws Exception {
    assertThat(get(path).status()).isEqualTo(200);
  }

  /** Each script changes the file $t, which is as it has to be, or its directory $d. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          chmod o+r $t                         | chmod 600
          printf %015d 0 >$t                   | at least 16 characters
          printf %04097d 0 >$t                 | at most 4 KiB
          chown 65534 $t                       | belongs to uid 65534
          rm $t; mkfifo -m 600 $t              | a regular file
          chown 65534 $d                       | nobody else can replace
          mv $t $d/x; ln -s x $t; chown -h 65534 $t | nobody else can replace
          """)
  void aFileThatIsNotSafeIsRefused(String script, String takes, @TempDir Path other)
      throws Exception {
    Path file = file(other.resolve("token"), "s3cret-of-a-test", "rw-------");
    Process change =
        new ProcessBuilder("sh", "-c", "d=$1 t=$1/token; " + script, "sh", other.toString())
            .inheritIO()
            .start();
    assertThat(change.waitFor()).isZero();
    assertRefused(Launch.listening("--token-file", file.toString()).run(), file, takes);
  }

  @Test
  void aFileThatIsMissingIsRefused() throws Exception {
    Path file = directory.resolve("none");
    assertRefused(Launch.listening().with("TCPTOP_TOKEN_FILE", "" + file).run(), file, "is there");
  }

  private static void assertRefused(Ended ended, Path file, String takes) {
    assertThat(ended.stderr())
        .startsWith("error: --token-file takes ")
        .contains(takes, file.toString())
        .hasLineCount(1);
    assertThat(ended.status()).isEqualTo(2);
  }

  @Test
  void withItAnyAddressMayBeListenedOn() throws Exception {
    String port = Integer.toString(FreePort.find());
    try (Product open =
        Launch.plain("--listen", "0.0.0.0:" + port, "--token-file", directory + "/token").start()) {
      Await.untilTrue("the banner", () -> open.stderr().contains("http://0.0.0.0:" + port));
      Await.untilTrue("an answer from another address", () -> answers("127.0.0.2", port));
      assertThat(open.isAlive()).isTrue();
    }
  }

  private static boolean answers(String address, String port) throws Exception {
    try (var socket = new java.net.Socket(InetAddress.getByName(address), Integer.parseInt(port))) {
      return Answer.to(socket, "GET /q/metrics HTTP/1.1", "Host: " + address).status() == 401;
    } catch (java.io.IOException e) {
      return false; // not yet
    }
  }
}
