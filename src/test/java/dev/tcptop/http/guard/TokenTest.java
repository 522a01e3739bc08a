package dev.tcptop.http.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tcptop.config.BadSettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenTest {
  @TempDir Path directory;

  private Path file(String text, String mode) throws IOException {
    Path file = Files.writeString(directory.resolve("token"), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer s3cret", "bearer s3cret", "BEARER  s3cret "})
  void itIsBorneByItsHeader(String header) {
    assertThat(new Token("s3cret").isBorneBy(header)).isTrue();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "s3cret",
        "Bearer",
        "Bearer ",
        "Bearer s3cre",
        "Bearer s3crett",
        "Bearer S3CRET",
        "Bearer s3cret s3cret",
        "Basic s3cret",
        "Bearers3cret"
      })
  void anyOtherHeaderDoesNotBearIt(String header) {
    assertThat(new Token("s3cret").isBorneBy(header)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3cret", "s3cret\n", " s3cret\r\n\n"})
  void itIsTheFilesOneLine(String text) throws IOException {
    assertThat(Token.read(file(text, "rw-------")).isBorneBy("Bearer s3cret")).isTrue();
  }

  @Test
  void aLinkCountsAsWhatItLeadsTo() throws IOException {
    file("s3cret", "r--------");
    Path data = Files.createSymbolicLink(directory.resolve("..data"), Path.of("token"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), data.getFileName());

    assertThat(Token.read(link).isBorneBy("Bearer s3cret")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-----w-", "rw-r--r--"})
  void aFileThatIsOpenToOthersIsRefused(String mode) throws IOException {
    Path file = file("s3cret", mode);

    assertThatThrownBy(() -> Token.read(file))
        .isInstanceOf(BadSettingException.class)
        .hasMessageStartingWith("--token-file takes a file that is closed to its group")
        .hasMessageEndingWith("not '" + file + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n", "one\ntwo", "one two", "t\u00f6ken", "=", "a=b"})
  void aFileWithoutATokenIsRefused(String text) throws IOException {
    Path file = file(text, "rw-------");

    assertThatThrownBy(() -> Token.read(file))
        .isInstanceOf(BadSettingException.class)
        .hasMessageContaining("a file of one line, the token");
  }

  @Test
  void aFileThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> Token.read(directory.resolve("none")))
        .isInstanceOf(BadSettingException.class)
        .hasMessageContaining("a file that is there");
  }

  @Test
  void aDirectoryIsRefused() throws IOException {
    Path closed = Files.createDirectory(directory.resolve("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));

    assertThatThrownBy(() -> Token.read(closed)).isInstanceOf(BadSettingException.class);
  }
}
