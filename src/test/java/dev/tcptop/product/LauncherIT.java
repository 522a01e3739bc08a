package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.product.support.Await;
import dev.tcptop.product.support.Ended;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The launcher in a tree of its own. The Java and the Maven that it finds there are scripts that
 * print what they were given. The places of the machine's Java are covered by empty file systems of
 * a mount namespace, in which {@code /opt/jdk} is a Java that the launcher prefers, and {@code
 * /usr/lib/jvm/other} an older one.
 */
class LauncherIT {
  private static final String NAMESPACE =
      """
      set -e
      mount -t tmpfs -o mode=755 tcptop /opt
      mount -t tmpfs -o mode=755 tcptop /usr/lib/jvm
      java() { # HOME VERSION
          mkdir -p "$1/bin" "$1/lib/server" "$1/conf"
          echo "JAVA_VERSION=\\"$2\\"" >"$1/release"
          printf '%s\\n' '#!/bin/bash' "echo ran $1 \\"\\$@\\"" env >"$1/bin/java"
          cp "$1/bin/java" "$1/bin/javac"
          touch "$1/lib/server/libjvm.so"
          chmod 755 "$1/bin/"*
      }
      java /opt/jdk 99
      java /usr/lib/jvm/other 17.0.1
      eval "$1"
      shift
      exec "$@"
      """;

  private static final String MAVEN =
      """
      #!/bin/bash
      mkdir -p target/quarkus-app
      { echo maven "$@"; env; } >target/maven
      touch target/quarkus-app/quarkus-run.jar
      """;

  @TempDir private Path tree;
  private Path bin;

  @BeforeAll
  static void look() throws IOException {
    Needs.rootAnd("env", "setpriv", "unshare", "flock");
  }

  @BeforeEach
  void copy() throws IOException {
    Files.setPosixFilePermissions(tree, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (String file : List.of("tcptop", "mvnw", "src/main/sh/toolchain.sh")) {
      Path copy = tree.resolve(file);
      Files.createDirectories(copy.getParent());
      Files.copy(Launch.HOME.resolve(file), copy);
    }
    bin = Files.createDirectory(tree.resolve("bin"));
    program("mvn", MAVEN);
  }

  private void program(String name, String script) throws IOException {
    Files.setPosixFilePermissions(
        Files.writeString(bin.resolve(name), script), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void built() throws IOException {
    Path jar = tree.resolve(Launch.JAR);
    Files.createDirectories(jar.getParent());
    Files.createFile(jar);
  }

  private void unbuilt() throws IOException {
    Files.createFile(tree.resolve("pom.xml"));
  }

  private Ended run(String set, Map<String, String> environment, String... command)
      throws Exception {
    List<String> all = new ArrayList<>(List.of("unshare", "-m", "bash", "-c", NAMESPACE, "-", set));
    all.addAll(List.of(command));
    all.set(all.size() - 1, tree.resolve(all.get(all.size() - 1)).toString());
    ProcessBuilder builder = new ProcessBuilder(all);
    builder.environment().keySet().removeIf(name -> name.startsWith("TCPTOP_"));
    builder.environment().remove("JAVA_HOME");
    builder.environment().put("PATH", bin + ":" + System.getenv("PATH"));
    builder.environment().putAll(environment);
    Path out = tree.resolve("out");
    Path err = tree.resolve("err");
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    try {
      assertThat(process.waitFor(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  @ParameterizedTest
  @CsvSource({
    "chown 65534 /opt/jdk, /opt/jdk belongs to the user 65534",
    "chown 65534 /opt/jdk/bin/java, /opt/jdk/bin/java belongs to the user 65534",
    "chown 65534 /opt/jdk/lib/server/libjvm.so, libjvm.so belongs to the user 65534",
    "chmod g+w /opt/jdk/bin, others can write /opt/jdk/bin",
    "chmod o+w /opt/jdk/conf, others can write /opt/jdk/conf",
    "chmod o+w /opt, others can write /opt",
    "mv /opt/jdk /opt/j; chown 65534 /opt/j; ln -s /opt/j /opt/jdk, /opt/j belongs to the user 65534"
  })
  void rootLeavesOutAJavaThatOthersCanChange(String set, String reason) throws Exception {
    built();
    for (Map<String, String> environment :
        List.of(Map.<String, String>of(), Map.of("JAVA_HOME", "/opt/jdk"))) {
      Ended ended = run(set, environment, "tcptop");
      assertThat(ended.stdout()).startsWith("ran /usr/lib/jvm/other ");
      assertThat(ended.stderr()).startsWith("tcptop: ").contains(reason).hasLineCount(1);
    }
  }

  @Test
  void rootTakesTheNewestJavaThatOnlyRootCanChange() throws Exception {
    built();
    Ended ended = run("", Map.of(), "tcptop");
    assertThat(ended.stdout()).startsWith("ran /opt/jdk ");
    assertThat(ended.stderr()).isEmpty();
  }

  @Test
  void withoutAJavaThatRootTrustsTheLastLineSaysWhatToDo() throws Exception {
    built();
    Ended ended = run("chown 65534 /opt/jdk /usr/lib/jvm/other", Map.of(), "tcptop");
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.stdout()).isEmpty();
    assertThat(ended.stderr().lines()).hasSize(3).last().asString().contains("set JAVA_HOME");
  }

  @Test
  void anotherUserTakesAJavaOfAnyOwner() throws Exception {
    built();
    Ended ended =
        run(
            "chown 65534 /opt/jdk; chmod o+w /opt",
            Map.of("JAVA_OPTIONS", "", "JAVA_TOOL_OPTIONS", "-Dmine"),
            "setpriv",
            "--reuid=65534",
            "--clear-groups",
            "tcptop");
    assertThat(ended.stdout()).startsWith("ran /opt/jdk ").contains("JAVA_TOOL_OPTIONS=-Dmine");
    assertThat(ended.stderr()).isEmpty();
  }

  @Test
  void rootForgetsTheVariablesThatGiveAJvmOptions() throws Exception {
    built();
    Ended ended =
        run(
            "",
            Map.of(
                "JAVA_TOOL_OPTIONS",
                "-Da",
                "_JAVA_OPTIONS",
                "-Db",
                "JDK_JAVA_OPTIONS",
                "-Dc",
                "TCPTOP_JAVA_OPTS",
                "-Dd"),
            "tcptop");
    assertThat(ended.stdout()).doesNotContain("JAVA_TOOL_OPTIONS", "-Da", "-Db", "-Dc");
    assertThat(ended.stdout().lines().findFirst()).get().asString().contains(" -Dd ");
    assertThat(ended.stderr())
        .contains("JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS")
        .hasLineCount(1);
  }

  @Test
  void noProcessCanAttach() throws Exception {
    built();
    assertThat(run("", Map.of(), "tcptop").stdout()).contains(" -XX:+DisableAttachMechanism ");
  }

  @ParameterizedTest
  @CsvSource({"tcptop", "mvnw"})
  void rootBuildsWithStrictChecksumsAndItsOwnOptions(String script) throws Exception {
    unbuilt();
    Ended ended =
        run(
            "",
            Map.of("MAVEN_OPTS", "-De", "MAVEN_ARGS", "-Df", "CLASSPATH", "/g", "JAVA_HOME", ""),
            "env",
            script);
    assertThat(ended.stderr()).contains("CLASSPATH MAVEN_OPTS MAVEN_ARGS");
    assertThat(Files.readString(tree.resolve("target/maven")))
        .startsWith("maven -C ")
        .contains("JAVA_HOME=/opt/jdk\n")
        .doesNotContain("-De", "-Df", "CLASSPATH");
  }

  @Test
  void whoHoldsALockOnThePomHoldsUpNoBuild() throws Exception {
    unbuilt();
    Process holder = holding(tree.resolve("pom.xml"));
    try {
      Ended ended = run("", Map.of(), "tcptop");
      assertThat(ended.stdout()).startsWith("ran ");
      assertThat(ended.stderr()).contains("building").doesNotContain("waiting");
    } finally {
      holder.destroyForcibly();
    }
    assertThat(Files.getPosixFilePermissions(tree.resolve("target/build.lock")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void aBuildThatNeverEndsIsNotWaitedForForEver() throws Exception {
    unbuilt();
    Path lock = Files.createDirectory(tree.resolve("target")).resolve("build.lock");
    Process holder = holding(Files.createFile(lock));
    // It is as if the time had passed.
    program(
        "flock",
        "#!/bin/bash\n[[ $1 == -n ]] && PATH=/usr/bin:/bin exec flock \"$@\"\necho \"$@\" >flock\nexit 1");
    try {
      Ended ended = run("cd " + tree, Map.of(), "tcptop");
      assertThat(ended.status()).isEqualTo(1);
      assertThat(ended.stdout()).isEmpty();
      assertThat(ended.stderr().lines())
          .hasSize(2)
          .last()
          .asString()
          .contains(lock.toString(), "10 minutes");
    } finally {
      holder.destroyForcibly();
    }
    assertThat(Files.readString(tree.resolve("flock"))).isEqualTo("-w 600 9\n");
  }

  private static Process holding(Path file) throws IOException {
    Process holder =
        new ProcessBuilder("flock", file.toString(), "bash", "-c", "echo held; exec sleep 60")
            .start();
    holder.inputReader().readLine();
    return holder;
  }
}
