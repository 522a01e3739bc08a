package dev.tcptop.http.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tcptop.config.BadSettingException;
import dev.tcptop.config.TrustedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  private static Token read(Path file) throws IOException {
    return Token.read(TrustedFile.secret(file, Token.MOST_BYTES));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0123456789abcdef", "0123456789abcdef\n", " 0123456789abcdef\r\n\n"})
  void itIsTheFilesOneLine(String text) throws IOException {
    assertThat(read(file(text, "rw-------")).isBorneBy("Bearer 0123456789abcdef")).isTrue();
  }

  @Test
  void aLinkCountsAsWhatItLeadsTo() throws IOException {
    file("0123456789abcdef", "r--------");
    Path data = Files.createSymbolicLink(directory.resolve("..data"), Path.of("token"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), data.getFileName());

    assertThat(read(link).isBorneBy("Bearer 0123456789abcdef")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-----w-", "rw-r--r--"})
  void aFileThatIsOpenToOthersIsRefused(String mode) throws IOException {
    Path file = file("0123456789abcdef", mode);

    assertThatThrownBy(() -> read(file))
        .isInstanceOf(BadSettingException.class)
        .hasMessageStartingWith("--token-file takes a file that is closed to its group")
        .hasMessageEndingWith("not '" + file + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n", "one\ntwo", "one two", "t\u00f6ken", "=", "a=b"})
  void aFileWithoutATokenIsRefused(String text) throws IOException {
    Path file = file(text, "rw-------");

    assertThatThrownBy(() -> read(file))
        .isInstanceOf(BadSettingException.class)
        .hasMessageContaining("a file of one line, the token");
  }

  @ParameterizedTest
  @CsvSource({"1, a token of at least 16", "15, a token of at least 16", "4097, at most 4 KiB"})
  void aTokenOfAnotherLengthIsRefused(int length, String takes) throws IOException {
    Path file = file("t".repeat(length), "rw-------");

    assertThatThrownBy(() -> read(file))
        .isInstanceOf(BadSettingException.class)
        .hasMessageContainingAll("--token-file takes ", takes, file.toString());
  }

  @Test
  void aFileThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> read(directory.resolve("none")))
        .isInstanceOf(BadSettingException.class)
        .hasMessageContaining("a file that is there");
  }

  @Test
  void aDirectoryIsRefused() throws IOException {
    Path closed = Files.createDirectory(directory.resolve("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));

    assertThatThrownBy(() -> read(closed))
        .isInstanceOf(BadSettingException.class)
        .hasMessageContaining("a regular file (this is a directory)");
  }
}
