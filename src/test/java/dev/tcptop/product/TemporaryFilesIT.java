package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.product.support.Await;
import dev.tcptop.product.support.Ended;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Needs;
import dev.tcptop.product.support.Product;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tcptop needs of the directory of temporary files, and what it leaves there. */
class TemporaryFilesIT {
  private static final int NOBODY = 65534;

  @TempDir private Path temporary;

  @BeforeAll
  static void look() throws IOException {
    Needs.rootAnd("env", "unshare", "mount");
  }

  private Launch launch(String... options) throws IOException {
    return Launch.listening(options).withJvm("-Djava.io.tmpdir=" + temporary);
  }

  private static String noexec(Object... places) {
    StringBuilder mounts = new StringBuilder("true");
    for (Object place : places) {
      mounts.append("; mount -t tmpfs -o noexec tcptop ").append(place);
    }
    return mounts.toString();
  }

  @Test
  void aRunLeavesNothing() throws Exception {
    try (Product product = launch("--no-stdout").startAndWait()) {
      assertThat(temporary).isEmptyDirectory();
      product.get("/api/v1/connections");
      assertThat(product.end("TERM").status()).isZero();
      assertThat(temporary).isEmptyDirectory();
    }
  }

  @Test
  void aStartThatFailsLeavesNothing() throws Exception {
    Launch launch = launch();
    try (ServerSocket taken =
        new ServerSocket(launch.port(), 1, InetAddress.getByName("127.0.0.1"))) {
      assertThat(launch.run().stderr()).contains(":" + taken.getLocalPort());
    }
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void aSignalWhileItStartsLeavesNothing() throws Exception {
    try (Product product = launch().start()) {
      Await.untilTrue(
          "the library is being loaded",
          () -> !product.isAlive() || product.hasOpen("libtcptop.so"));
      assertThat(product.end("TERM").status()).isZero();
    }
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void aCacheOfAnotherUserIsNotUsed() throws Exception {
    Path cache = Files.createDirectory(temporary.resolve("vertx-cache"));
    Files.setAttribute(cache, "unix:uid", NOBODY);
    try (Product product = launch("--no-stdout").startAndWait()) {
      assertThat(product.end("TERM").stderr()).isEmpty();
    }
    assertThat(cache).isEmptyDirectory();
  }

  @Test
  void whereItIsMountedNoexecAnotherPlaceIsUsed() throws Exception {
    try (Product product = launch("--no-stdout").behind(noexec(temporary)).startAndWait()) {
      assertThat(product.end("TERM").stderr()).isEmpty();
    }
  }

  @Test
  void withoutAnyPlaceALineSaysWhatToDo() throws Exception {
    Launch launch = launch().behind(noexec(temporary, "/run", "/dev/shm", "/var/tmp"));
    Ended ended = launch.run();
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.stderr())
        .startsWith("error: cannot load libtcptop.so from any of " + temporary + " (")
        .contains("/run (", "/dev/shm (", "/var/tmp (", "noexec", "java.io.tmpdir=DIRECTORY")
        .hasLineCount(1);
  }

  @Test
  void theDoctorSaysTheSame() throws Exception {
    Ended ended = launch("doctor").behind(noexec(temporary, "/run", "/dev/shm", "/var/tmp")).run();
    assertThat(ended.status()).isEqualTo(78);
    assertThat(ended.stdout().lines().filter(line -> line.startsWith("missing")))
        .singleElement()
        .asString()
        .startsWith("missing  library ")
        .endsWith("TCPTOP_JAVA_OPTS=-Djava.io.tmpdir=DIRECTORY");
  }
}
