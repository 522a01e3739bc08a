package dev.tcptop.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file of another user: SettingsIT. */
class SettingsFileTest {
  @TempDir private Path directory;

  private TrustedFile file(String text) throws IOException {
    Path path = Files.writeString(directory.resolve("tcptop.properties"), text);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
    return trusted(path);
  }

  private static TrustedFile trusted(Path path) throws IOException {
    return new TrustedFile(
        path, Set.copyOf(List.of(0, TrustedFile.ownUid())), "root", false, 1 << 10);
  }

  @Test
  void itHasPropertiesInUtf8() throws IOException {
    assertThat(SettingsFile.read(file("# no\ntcptop.interval = 2s\ntcptop.node=n\u00f6de\n")))
        .isEqualTo(Map.of("tcptop.interval", "2s", "tcptop.node", "n\u00f6de"));
  }

  @Test
  void thereMayBeNone() throws IOException {
    assertThat(SettingsFile.read(trusted(directory.resolve("none/file")))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-rw-r--", "rw-r--rw-"})
  void aFileThatOthersCanWriteIsRefused(String mode) throws IOException {
    TrustedFile file = file("tcptop.interval=2s");
    Files.setPosixFilePermissions(file.path(), PosixFilePermissions.fromString(mode));

    assertThatThrownBy(() -> SettingsFile.read(file))
        .isInstanceOf(BadSettingException.class)
        .hasMessage(file.path() + " has to be a file that its owner alone can write (chmod go-w)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwxr-x", "rwxr-xrwx"})
  void aDirectoryThatOthersCanWriteIsRefused(String mode) throws IOException {
    TrustedFile file = file("tcptop.interval=2s");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(mode));

    assertThatThrownBy(() -> SettingsFile.read(file))
        .hasMessageEndingWith("can replace (" + directory + " can be written by others)");
  }

  @Test
  void aFileThatIsNotOfPropertiesIsRefused() throws IOException {
    TrustedFile file = file("tcptop.node=\\u12");

    assertThatThrownBy(() -> SettingsFile.read(file))
        .isInstanceOf(BadSettingException.class)
        .hasMessageStartingWith(file.path() + " has to be a file of properties");
  }

  @Test
  void aFileThatIsTooLargeIsRefused() throws IOException {
    TrustedFile file = file("#".repeat(2 << 10));

    assertThatThrownBy(() -> SettingsFile.read(file)).hasMessageContaining("at most 1 KiB");
  }

  @Test
  void linksThatLeadInACircleAreRefused() throws IOException {
    Path one = directory.resolve("one");
    Files.createSymbolicLink(directory.resolve("other"), one);
    Files.createSymbolicLink(one, Path.of("other"));
    TrustedFile file = trusted(one);

    assertThatThrownBy(() -> SettingsFile.read(file)).isInstanceOf(BadSettingException.class);
  }
}
