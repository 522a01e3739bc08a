package dev.tcptop.collect.ebpf;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of the jar for the kernel side. The library is copied to a new directory that only this
 * user can enter, loaded, and removed. A fixed path would fail in a second class loader.
 */
final class NativeLibrary {
  private static final String FOLDER = "/META-INF/native/";

  /** Where else the library can be, if the first place is mounted noexec, is full or read-only. */
  private static final List<String> OTHER_PLACES = List.of("/run", "/dev/shm", "/var/tmp");

  private NativeLibrary() {}

  /**
   * Loads a library of the jar.
   *
   * @throws IllegalStateException if there is no place that it can be loaded from
   */
  static void load(String name) {
    load(
        name,
        Stream.concat(Stream.of(System.getProperty("java.io.tmpdir")), OTHER_PLACES.stream())
            .distinct()
            .map(Path::of)
            .toList());
  }

  /** Loads a library by way of the first of these directories that allows it. */
  static void load(String name, List<Path> places) {
    byte[] library = read(name);
    List<String> refusals = new ArrayList<>();
    for (Path place : places) {
      try {
        load(name, library, place);
        return;
      } catch (IOException | UnsatisfiedLinkError e) {
        refusals.add(place + " (" + e.getMessage() + ")");
      }
    }
    throw new IllegalStateException(
        "cannot load "
            + name
            + " from any of "
            + String.join(", ", refusals)
            + "; name a directory that is writable and not mounted noexec:"
            + " TCPTOP_JAVA_OPTS=-Djava.io.tmpdir=DIRECTORY");
  }

  private static void load(String name, byte[] library, Path place) throws IOException {
    Path directory = Files.createTempDirectory(place, "tcptop");
    Path copy = directory.resolve(name);
    try {
      Files.write(copy, library);
      System.load(copy.toString());
    } finally {
      Files.deleteIfExists(copy);
      Files.delete(directory);
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
