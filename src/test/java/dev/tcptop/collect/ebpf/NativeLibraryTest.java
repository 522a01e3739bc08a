package dev.tcptop.collect.ebpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTest {
  private static final String NAME = "libtcptop.so";

  @TempDir private Path place;

  @Test
  void theFirstPlaceThatAllowsItIsTaken() {
    NativeLibrary.load(NAME, List.of(place.resolve("missing"), place));

    assertThat(place).isEmptyDirectory();
  }

  @Test
  void withoutAPlaceTheMessageNamesEachAndWhatToDo() throws Exception {
    Path file = Files.createFile(place.resolve("file"));
    Path missing = place.resolve("missing");

    assertThatThrownBy(() -> NativeLibrary.load(NAME, List.of(file, missing)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("cannot load " + NAME + " from any of " + file + " (")
        .hasMessageContaining(missing + " (")
        .hasMessageEndingWith("TCPTOP_JAVA_OPTS=-Djava.io.tmpdir=DIRECTORY");
  }
}
