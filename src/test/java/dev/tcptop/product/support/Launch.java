package dev.tcptop.product.support;

import dev.tcptop.FreePort;
import dev.tcptop.collect.ebpf.Netns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A start of the launcher that is being prepared: its options, environment and user. */
public final class Launch {
  public static final Path HOME = Path.of("").toAbsolutePath();
  public static final Path NOWHERE = Path.of("/dev/null");
  public static final Path JAR = Path.of("target", "quarkus-app", "quarkus-run.jar");

  private static final String NOBODY = "65534";

  /**
   * The launcher's variable for further options of the JVM. A system property has those of all
   * tests.
   */
  private static final String JVM_OPTIONS = "TCPTOP_JAVA_OPTS";

  private final List<String> before = new ArrayList<>();
  private final List<String> options;
  private final Map<String, String> environment = new LinkedHashMap<>();
  private Path home = HOME;
  private Path directory = Path.of("/");
  private int port;
  private @Nullable Path stdout;

  private Launch(String... options) {
    this.options = new ArrayList<>(List.of(options));
    // A build that was started in the background ignores SIGINT, and its children would inherit
    // that.
    before.addAll(List.of("env", "--default-signal=INT"));
    environment.put(JVM_OPTIONS, System.getProperty("tcptop.test.jvm", ""));
  }

  /** A start with these options and no others. */
  public static Launch plain(String... options) {
    return new Launch(options);
  }

  /** A start with these options that listens on a free port, where requests need no token. */
  public static Launch listening(String... options) throws IOException {
    Launch launch = new Launch(options).with("TCPTOP_INSECURE", "true");
    launch.port = FreePort.find();
    launch.options.addAll(List.of("--listen", "127.0.0.1:" + launch.port));
    return launch;
  }

  /** Sends stdout to this file instead of a temporary one. The file stays. */
  public Launch into(Path file) {
    stdout = file;
    return this;
  }

  /** Starts in this directory. */
  public Launch from(Path directory) {
    this.directory = directory;
    return this;
  }

  public Launch with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** Makes the JVM check every use of JNI. */
  public Launch checkingJni() {
    return withJvm("-Xcheck:jni");
  }

  /** Adds options of the JVM, for example {@code -Dquarkus.…}. */
  public Launch withJvm(String... more) {
    return with(JVM_OPTIONS, environment.get(JVM_OPTIONS) + " " + String.join(" ", more));
  }

  /** Starts in a network namespace, from which alone the port can be reached. */
  public Launch in(Netns netns) {
    before.addAll(0, netns.behind());
    return this;
  }

  /**
   * Starts in a mount namespace of its own, after these commands of a shell, such as {@code mount}.
   */
  public Launch behind(String shell) {
    before.addAll(
        0, List.of("unshare", "-m", "bash", "-c", "set -e; " + shell + "; exec \"$@\"", "-"));
    return this;
  }

  /** Starts by way of this command. */
  public Launch by(String... command) {
    before.addAll(List.of(command));
    return this;
  }

  /** Starts a copy of the installed files in this directory, which exists. */
  public Launch copiedTo(Path directory) throws Exception {
    copy(directory);
    home = directory;
    return this;
  }

  /**
   * Starts in a mount namespace with an empty /run and a copy of /etc, once a script of the shell
   * has changed these. From outside they are in /proc/PID/root.
   */
  public Launch withOwnFiles(String script) {
    return behind(
        "mount -t tmpfs -o mode=755 tmpfs /run; cp -a /etc /run; mount --bind /run/etc /etc; "
            + script);
  }

  /** Starts as root of a new user namespace, without any privilege outside of it. */
  public Launch asRootOfAnotherUserNamespace() {
    before.addAll(List.of("unshare", "--user", "--map-root-user"));
    return this;
  }

  /** Starts as an unprivileged user with these capabilities alone, for example {@code bpf}. */
  public Launch asNobodyWith(String... capabilities) throws Exception {
    StringBuilder granted = new StringBuilder("-all");
    for (String capability : capabilities) {
      granted.append(",+").append(capability);
    }
    List<String> setpriv =
        List.of(
            "setpriv",
            "--reuid=" + NOBODY,
            "--regid=" + NOBODY,
            "--clear-groups",
            "--no-new-privs",
            "--inh-caps=" + granted,
            "--ambient-caps=" + granted,
            "--bounding-set=" + granted);
    before.addAll(setpriv);
    List<String> canRead = new ArrayList<>(setpriv);
    canRead.addAll(List.of("test", "-r", HOME.resolve(JAR).toString()));
    if (new ProcessBuilder(canRead).start().waitFor() != 0) {
      home = ReadableCopy.home();
    }
    return this;
  }

  public int port() {
    return port;
  }

  /** The command, for a shell. */
  public String commandLine() {
    return String.join(" ", command());
  }

  /** Starts the product without waiting until it is ready. */
  public Product start() throws IOException {
    return start(command());
  }

  /** Starts the product by another command, without waiting until it is ready. */
  public Product start(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    Map<String, String> variables = builder.environment();
    variables.keySet().removeIf(name -> name.startsWith("TCPTOP_") || name.equals("NO_COLOR"));
    variables.putAll(environment);
    Path out = stdout == null ? Files.createTempFile("tcptop-it", ".stdout") : stdout;
    Path stderr = Files.createTempFile("tcptop-it", ".stderr");
    Process process = builder.redirectOutput(out.toFile()).redirectError(stderr.toFile()).start();
    List<Path> temporary = stdout == null ? List.of(out, stderr) : List.of(stderr);
    return new Product(process, out, stderr, temporary, port);
  }

  /** Starts the product and waits until it is ready. */
  public Product startAndWait() throws Exception {
    Product product = start();
    try {
      product.awaitReady();
      return product;
    } catch (Exception | AssertionError e) {
      product.close();
      throw e;
    }
  }

  /** Runs the product until it ends by itself. */
  public Ended run() throws Exception {
    try (Product product = start()) {
      return product.awaitEnd();
    }
  }

  private static void copy(Path directory) throws Exception {
    Process tar =
        new ProcessBuilder(
                "bash",
                "-c",
                "tar -C \"$1\" -c tcptop src/main/sh target/quarkus-app"
                    + " | tar -C \"$2\" -x && chmod -R a+rX \"$2\"/*",
                "bash",
                HOME.toString(),
                directory.toString())
            .inheritIO()
            .start();
    if (!tar.waitFor(1, TimeUnit.MINUTES) || tar.exitValue() != 0) {
      throw new AssertionError("the product could not be copied to " + directory);
    }
  }

  private List<String> command() {
    List<String> command = new ArrayList<>(before);
    command.add(home.resolve("tcptop").toString());
    command.addAll(options);
    return command;
  }

  /** A copy of the installed files, made once, for a user that can't read this work tree. */
  private static final class ReadableCopy {
    private static Path home;

    static synchronized Path home() throws Exception {
      if (home == null) {
        Path copy = Files.createTempDirectory("tcptop-it");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(copy)));
        copy(copy);
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
        home = copy;
      }
      return home;
    }

    private static void delete(Path directory) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
          Files.delete(file);
        }
      } catch (IOException e) {
        System.err.println("left behind: " + directory + ": " + e);
      }
    }
  }
}
