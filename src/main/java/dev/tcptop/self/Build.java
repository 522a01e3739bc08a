package dev.tcptop.self;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** What the build recorded about this jar. */
public final class Build {
  private Build() {}

  /** The version, such as {@code 0.1.0}. */
  public static String version() {
    try (InputStream in = Build.class.getResourceAsStream("/META-INF/tcptop-version")) {
      if (in == null) {
        throw new IllegalStateException("META-INF/tcptop-version is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
