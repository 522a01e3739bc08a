package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.product.support.Answer;
import dev.tcptop.product.support.Await;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Needs;
import dev.tcptop.product.support.Product;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A token that changes while the product runs. */
class TokenChangeIT {
  @TempDir private Path directory;
  private Path file;
  private Product product;

  @BeforeEach
  void look() throws Exception {
    Needs.rootAnd("env", "curl");
    file = directory.resolve("token");
  }

  @AfterEach
  void stop() throws Exception {
    if (product != null) {
      product.close();
    }
  }

  private void start() throws Exception {
    // The file is root's, so that another user could not read it again.
    product =
        Launch.listening("--no-stdout", "--user", "root", "--token-file", file.toString())
            .startAndWait();
  }

  private static Path write(Path path, String text) throws Exception {
    return Files.setPosixFilePermissions(
        Files.writeString(path, text), PosixFilePermissions.fromString("rw-------"));
  }

  private int status(String token) throws Exception {
    return Answer.to(
            product,
            "GET /api/v1/status HTTP/1.1",
            "Host: localhost",
            "Authorization: Bearer " + token)
        .status();
  }

  private void awaitValid(String token) throws Exception {
    Await.untilTrue(token + " is valid", () -> status(token) == 200);
  }

  @Test
  void aNewTokenTakesTheFormersPlace() throws Exception {
    write(file, "former-token-0123\n");
    start();
    assertThat(status("former-token-0123")).isEqualTo(200);
    assertThat(status("latter-token-0123")).isEqualTo(401);

    write(file, "latter-token-0123\n");
    awaitValid("latter-token-0123");
    assertThat(status("former-token-0123")).isEqualTo(401);
    assertThat(product.stderr()).isEmpty();
  }

  /** As a kubelet does it: a link to a new directory is moved over the one to the former. */
  @Test
  void aSecretThatRotatesNeedsNoRestart() throws Exception {
    write(Files.createDirectory(directory.resolve("..1")).resolve("token"), "former-token-0123");
    Files.createSymbolicLink(directory.resolve("..data"), Path.of("..1"));
    Files.createSymbolicLink(file, Path.of("..data/token"));
    start();
    assertThat(status("former-token-0123")).isEqualTo(200);

    write(Files.createDirectory(directory.resolve("..2")).resolve("token"), "latter-token-0123");
    Path next = Files.createSymbolicLink(directory.resolve("..data_tmp"), Path.of("..2"));
    Files.move(next, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    Files.delete(directory.resolve("..1/token"));
    awaitValid("latter-token-0123");
    assertThat(status("former-token-0123")).isEqualTo(401);
    assertThat(product.stderr()).isEmpty();
  }

  @Test
  void aFileThatBreaksKeepsTheTokenAndIsSaidOnce() throws Exception {
    write(file, "former-token-0123");
    start();
    Files.setPosixFilePermissions(
        Files.writeString(file, "latter-token-0123"), PosixFilePermissions.fromString("rw-r--r--"));
    Await.untilTrue("a line", () -> !product.stderr().isEmpty());
    Files.delete(file);
    assertThat(status("latter-token-0123")).isEqualTo(401);
    assertThat(status("former-token-0123")).isEqualTo(200);

    write(file, "latter-token-0123");
    awaitValid("latter-token-0123");
    assertThat(product.stderr().lines())
        .satisfiesExactly(
            line -> assertThat(line).startsWith("tcptop: --token-file takes ").contains("" + file),
            line -> assertThat(line).startsWith("tcptop: the token in " + file));
  }
}
