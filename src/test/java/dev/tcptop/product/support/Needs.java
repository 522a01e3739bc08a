package dev.tcptop.product.support;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Requirements of the tests. A test whose requirement is missing fails and names it. */
public final class Needs {
  private Needs() {}

  /** Requires root, the packaged product, and these programs. */
  public static void rootAnd(String... programs) throws IOException {
    if (!Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
      throw new AssertionError("these tests need root: sudo ./mvnw verify");
    }
    if (!Files.exists(Launch.HOME.resolve(Launch.JAR))) {
      throw new AssertionError("these tests need the packaged product, " + Launch.JAR);
    }
    List<String> missing = Arrays.stream(programs).filter(name -> !isInstalled(name)).toList();
    if (!missing.isEmpty()) {
      throw new AssertionError("these tests need " + String.join(", ", missing));
    }
  }

  private static boolean isInstalled(String program) {
    String path = System.getenv("PATH") + ":/usr/sbin:/sbin";
    return Arrays.stream(path.split(File.pathSeparator))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }
}
