package dev.tcptop.collect.ebpf;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The files of the jar for the kernel side. The library is copied to a new directory that only this
 * user can read, loaded, and removed. A fixed path would fail in a second class loader.
 */
final class NativeLibrary {
  private static final String FOLDER = "/META-INF/native/";

  private NativeLibrary() {}

  /**
   * Loads a library of the jar.
   *
   * @throws UncheckedIOException if it cannot be unpacked
   * @throws UnsatisfiedLinkError if it was built for another architecture
   */
  static void load(String name) {
    try (InputStream in = open(name)) {
      Path directory = Files.createTempDirectory("tcptop");
      Path copy = directory.resolve(name);
      try {
        Files.copy(in, copy);
        System.load(copy.toString());
      } finally {
        Files.deleteIfExists(copy);
        Files.delete(directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot unpack " + name + " into " + System.getProperty("java.io.tmpdir"), e);
    }
  }

  /** The bytes of a file of the jar. */
  static byte[] read(String name) {
    try (InputStream in = open(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name + " from the jar", e);
    }
  }

  private static InputStream open(String name) throws IOException {
    InputStream in = NativeLibrary.class.getResourceAsStream(FOLDER + name);
    if (in == null) {
      throw new FileNotFoundException(FOLDER + name + " is not in the jar");
    }
    return in;
  }
}
