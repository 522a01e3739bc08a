package dev.tcptop.collect.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process may do once it has given up its privileges, tried in a JVM of its own. */
class PrivilegesKernelIT {
  @TempDir private Path directory;

  /** Prints what comes of writing the file, by a thread of before and by one of after the drop. */
  static final class Program {
    private Program() {}

    public static void main(String... args) throws Exception {
      Path file = Path.of(args[0]);
      write("before", file);
      CountDownLatch dropped = new CountDownLatch(1);
      Thread older =
          new Thread(
              () -> {
                try {
                  dropped.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                write("older", file);
              });
      older.start();
      Privileges.drop(Optional.empty());
      dropped.countDown();
      older.join();
      write("main", file);
      Thread newer = new Thread(() -> write("newer", file));
      newer.start();
      newer.join();
    }

    private static void write(String thread, Path file) {
      String result;
      try {
        Files.writeString(file, thread, StandardOpenOption.APPEND);
        result = "written";
      } catch (java.io.IOException e) {
        result = e.getClass().getSimpleName();
      }
      System.out.println(thread + " " + result);
    }
  }

  @Test
  void noThreadCanWriteAFileOfRoot() throws Exception {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path file = Files.createFile(directory.resolve("file"));
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .start();
    // Newer JVMs print warnings about native code.
    assertThat(program.inputReader().lines().filter(line -> line.matches("\\w+ \\w+")))
        .containsExactly(
            "before written",
            "older AccessDeniedException",
            "main AccessDeniedException",
            "newer AccessDeniedException");
    assertThat(program.waitFor()).isZero();
    assertThat(file).hasContent("before");
  }
}
