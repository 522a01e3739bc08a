package dev.tcptop.http.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tcptop.config.BadSettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MadeTokenTest {
  @TempDir private Path runtime;
  private Path file;

  @BeforeEach
  void setUp() {
    file = runtime.resolve("tcptop/token");
  }

  @ParameterizedTest
  @CsvSource({
    "0, , /run/tcptop/token",
    "0, /run/user/0, /run/tcptop/token",
    "1000, /run/user/1000, /run/user/1000/tcptop/token"
  })
  void eachUserHasOne(int uid, String runtimeDirectory, Path path) {
    assertThat(MadeToken.path(uid, runtimeDirectory)).isEqualTo(path);
  }

  @ParameterizedTest
  @CsvSource({",", "''", "run"})
  void aUserWithoutADirectoryIsToldWhatToDo(String runtimeDirectory) {
    assertThatThrownBy(() -> MadeToken.path(1000, runtimeDirectory))
        .isInstanceOf(BadSettingException.class)
        .hasMessageContainingAll("XDG_RUNTIME_DIR", "--token-file", "--insecure");
  }

  @Test
  void itIsRandomAndItsUsersAlone() throws IOException {
    assertThat(MadeToken.ensure(file)).isEqualTo(file).content().matches("[0-9a-f]{64}\n");
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(Files.getPosixFilePermissions(file.getParent()))
        .doesNotContain(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
    assertThat(MadeToken.ensure(runtime.resolve("other"))).content().isNotEqualTo(text());
  }

  private String text() throws IOException {
    return Files.readString(file);
  }

  @Test
  void theNextStartFindsIt() throws IOException {
    MadeToken.ensure(file);
    String made = text();
    MadeToken.ensure(file);

    assertThat(text()).isEqualTo(made);
  }

  @Test
  void startsAtATimeHaveTheSame() throws Exception {
    int starts = 8;
    CyclicBarrier all = new CyclicBarrier(starts);
    ExecutorService instances = Executors.newFixedThreadPool(starts);
    Set<List<String>> seen = new HashSet<>();
    try {
      List<Future<List<String>>> texts = new ArrayList<>();
      for (int i = 0; i < starts; i++) {
        texts.add(
            instances.submit(
                () -> {
                  List<String> read = new ArrayList<>();
                  for (int round = 0; round < 100; round++) {
                    all.await(10, TimeUnit.SECONDS);
                    read.add(Files.readString(MadeToken.ensure(runtime.resolve(round + "/token"))));
                  }
                  return read;
                }));
      }
      for (Future<List<String>> text : texts) {
        seen.add(text.get());
      }
    } finally {
      instances.shutdownNow();
    }

    assertThat(seen).hasSize(1);
    assertThat(runtime.resolve("0").toFile().list()).containsExactly("token");
  }

  @Test
  void aLinkIsNotFollowedWhereItLeadsToNothing() throws IOException {
    Files.createDirectory(file.getParent());
    Path victim = runtime.resolve("victim");
    Files.createSymbolicLink(file, victim);
    MadeToken.ensure(file);

    assertThat(victim).doesNotExist();
    assertThat(file).isSymbolicLink();
  }

  @Test
  void whereItCannotBeMadeTheUserIsToldWhatToDo() throws IOException {
    Files.writeString(file.getParent(), "no directory");

    assertThatThrownBy(() -> MadeToken.ensure(file))
        .isInstanceOf(BadSettingException.class)
        .hasMessageContainingAll("cannot make " + file, "--token-file", "--insecure");
  }
}
