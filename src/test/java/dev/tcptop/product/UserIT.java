package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.config.SystemUser;
import dev.tcptop.product.support.Await;
import dev.tcptop.product.support.Ended;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Needs;
import dev.tcptop.product.support.Product;
import dev.tcptop.product.support.Subscriber;
import dev.tcptop.product.support.TcpPair;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * tcptop after it became another user. The product that the tests share runs from a directory that
 * only root may enter, as a clone in the home directory of root.
 */
class UserIT {
  private static final String THREE_CAPABILITIES = "-all,+bpf,+perfmon,+net_admin";

  @TempDir private static Path clone;
  private static Product product;

  @BeforeAll
  static void start() throws Exception {
    Needs.rootAnd("env", "setpriv", "curl", "tar");
    assertThat(Files.getPosixFilePermissions(clone)).hasSize(3);
    // No request comes before the user changes, which could load what later ones need.
    product = Launch.listening("--interval", "200ms").copiedTo(clone).start();
    awaitUser(product, SystemUser.usual().uid());
  }

  @AfterAll
  static void stop() throws Exception {
    if (product != null) {
      try (Product running = product) {
        Ended ended = running.end("TERM");
        assertThat(ended.status()).isZero();
        assertThat(ended.stderr()).startsWith("tcptop ").hasLineCount(1);
      }
    }
  }

  private static Object uid(Product product) throws Exception {
    return Files.getAttribute(Path.of("/proc", "" + product.pid()), "unix:uid");
  }

  @ParameterizedTest
  @CsvSource({
    "/api/v1/connections, 200",
    "/api/v1/connections?filter=process%20~%20%27a%27&sort=-bytesIn&limit=3, 200",
    "/api/v1/connections?filter=junk, 400",
    "/api/v1/connections/1-1, 404",
    "/api/v1/status, 200",
    "/api/v1/nothing, 404",
    "/q/health/live, 200",
    "/q/health/ready, 200",
    "/q/health/started, 200",
    "/q/metrics, 200",
    "/q/openapi, 200"
  })
  void eachResourceIsServed(String path, int status) throws Exception {
    assertThat(product.get(path).statusCode()).isEqualTo(status);
  }

  @Test
  void connectionsAreStreamed() throws Exception {
    try (Subscriber events = Subscriber.sse(product);
        TcpPair pair = TcpPair.open().send(12)) {
      events.await(
          "the connection",
          event ->
              event.data().path("localPort").asInt() == pair.clientPort()
                  && event.data().path("bytesOut").asInt() == 12);
      product.awaitLine(pair.clientPort(), pair.serverPort(), line -> true);
    }
  }

  @Test
  void itBecomesTheUserThatIsNamed() throws Exception {
    try (Product named = Launch.listening("--no-stdout", "--user", "daemon").startAndWait()) {
      assertUser(named, SystemUser.parse("daemon").uid());
    }
  }

  @Test
  void itStaysRootIfAskedTo() throws Exception {
    try (Product root = Launch.listening("--no-stdout", "--user", "root").startAndWait()) {
      assertUser(root, 0);
    }
  }

  /** As in Kubernetes, without and with the capabilities to change the user. */
  @ParameterizedTest
  @CsvSource({"'', false", "',+setuid,+setgid', true"})
  void rootOfAContainerChangesItsUserIfItMay(String more, boolean may) throws Exception {
    try (Product contained = contained(more, "--no-stdout").startAndWait()) {
      assertUser(contained, may ? SystemUser.usual().uid() : 0);
    }
  }

  @Test
  void aUserThatItMayNotBecomeEndsTheStart() throws Exception {
    Ended ended = contained("", "--user", "daemon").run();
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.stderr()).startsWith("error: --user daemon: ").hasLineCount(1);
  }

  private static Launch contained(String more, String... options) throws Exception {
    return Launch.listening(options)
        .by(
            "setpriv",
            "--bounding-set=" + THREE_CAPABILITIES + more,
            "--inh-caps=" + THREE_CAPABILITIES + more,
            "--no-new-privs");
  }

  @ParameterizedTest
  @CsvSource({"--user", "TCPTOP_USER"})
  void anUnknownUserIsABadOption(String source) throws Exception {
    Launch launch =
        source.startsWith("--")
            ? Launch.listening(source, "nosuchuser")
            : Launch.listening().with(source, "nosuchuser");
    Ended ended = launch.run();
    assertThat(ended.status()).isEqualTo(2);
    assertThat(ended.stderr())
        .startsWith("error: --user takes the name of a user in /etc/passwd")
        .contains("not 'nosuchuser'")
        .hasLineCount(1);
  }

  /** The port is open before the user changes. */
  private static void awaitUser(Product product, int uid) throws Exception {
    Await.untilTrue("the user is " + uid, () -> !product.isAlive() || uid(product).equals(uid));
  }

  private static void assertUser(Product product, int uid) throws Exception {
    awaitUser(product, uid);
    assertThat(product.get("/q/openapi").statusCode()).isEqualTo(200);
  }
}
