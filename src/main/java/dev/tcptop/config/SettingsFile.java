package dev.tcptop.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/** The one file of settings, which belongs to root: Java's properties in UTF-8. */
public final class SettingsFile {
  public static final Path PATH = Path.of("/etc/tcptop/tcptop.properties");
  private static final int MOST_BYTES = 64 << 10;

  private SettingsFile() {}

  /**
   * The settings of the file; empty if there is none.
   *
   * @throws BadSettingException if others than root can have written the file, or it cannot be read
   */
  public static Map<String, String> read() {
    return read(TrustedFile.ofRoot(PATH, MOST_BYTES));
  }

  static Map<String, String> read(TrustedFile file) {
    Properties properties = new Properties();
    try {
      properties.load(
          new InputStreamReader(new ByteArrayInputStream(file.read()), StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      return Map.of();
    } catch (UnsafeFileException e) {
      throw refused(file, String.valueOf(e.getMessage()));
    } catch (AccessDeniedException e) {
      throw refused(file, "a file that the user who runs tcptop can read");
    } catch (IOException | IllegalArgumentException e) {
      throw refused(file, "a file of properties in UTF-8 that tcptop can read: " + e.getMessage());
    }
    Map<String, String> settings = new HashMap<>();
    properties.stringPropertyNames().forEach(key -> settings.put(key, properties.getProperty(key)));
    return settings;
  }

  private static BadSettingException refused(TrustedFile file, String takes) {
    return new BadSettingException(file.path() + " has to be " + takes);
  }
}
