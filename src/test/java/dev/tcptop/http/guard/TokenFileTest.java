package dev.tcptop.http.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tcptop.config.BadSettingException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The product's own looks: TokenChangeIT. */
class TokenFileTest {
  @TempDir private Path directory;
  private final PrintStream stderr = System.err;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private Path path;
  private TokenFile file;

  @BeforeEach
  void read() throws IOException {
    path = write(directory.resolve("token"), "former-token-0123", "rw-------");
    file = new TokenFile(path);
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void restore() {
    System.setErr(stderr);
  }

  private static Path write(Path path, String text, String mode) throws IOException {
    return Files.setPosixFilePermissions(
        Files.writeString(path, text), PosixFilePermissions.fromString(mode));
  }

  private void assertValid(String token) {
    for (String each : new String[] {"former-token-0123", "latter-token-0123"}) {
      assertThat(file.isBorneBy("Bearer " + each)).as(each).isEqualTo(each.equals(token));
    }
  }

  private void assertSaid(String... parts) {
    String line = said.toString(StandardCharsets.UTF_8);
    assertThat(line).hasLineCount(1).contains(parts).doesNotContain("0123");
    said.reset();
  }

  private void assertNothingIsSaid() {
    assertThat(said.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void aChangedFileIsReadAtTheNextLook() throws IOException {
    write(path, "latter-token-0123", "rw-------");
    assertValid("former-token-0123");
    file.look();

    assertValid("latter-token-0123");
    assertNothingIsSaid();
  }

  /** As long as before and with the former time of modification. */
  @Test
  void anotherFileInItsPlaceIsSeenWhateverItsTime() throws IOException {
    FileTime time = Files.getLastModifiedTime(path);
    Path other = write(directory.resolve("other"), "latter-token-0123", "rw-------");
    Files.setLastModifiedTime(other, time);
    Files.move(other, path, StandardCopyOption.REPLACE_EXISTING);
    file.look();

    assertValid("latter-token-0123");
  }

  @Test
  void aFileThatBreaksKeepsTheTokenAndIsSaidOnce() throws IOException {
    write(path, "latter-token-0123", "rw-r-----");
    file.look();
    assertValid("former-token-0123");
    assertSaid(path.toString(), "chmod 600", "former token stays valid");
    Files.delete(path);
    file.look();
    write(path, "two words", "rw-------");
    file.look();
    assertValid("former-token-0123");
    assertNothingIsSaid();

    write(path, "latter-token-0123", "rw-------");
    file.look();
    assertValid("latter-token-0123");
    assertSaid(path.toString(), "is valid from now on");
    file.look();
    assertNothingIsSaid();
  }

  @Test
  void aFileThatIsMendedUnchangedIsRead() throws IOException {
    Path away = directory.resolve("away");
    Files.move(path, away);
    file.look();
    assertSaid(path.toString(), "is there");
    Files.move(away, path);
    file.look();

    assertValid("former-token-0123");
    assertSaid("is valid from now on");
  }

  @Test
  void aFileThatIsBrokenFromTheBeginningIsRefused() throws IOException {
    write(path, "", "rw-------");

    assertThatThrownBy(() -> new TokenFile(path)).isInstanceOf(BadSettingException.class);
  }
}
