package dev.tcptop.product.support;

import dev.tcptop.collect.ebpf.Netns;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A start of the launcher, being prepared: options, environment, user. */
public final class Launch {
  public static final Path HOME = Path.of("").toAbsolutePath();
  public static final Path JAR = Path.of("target", "quarkus-app", "quarkus-run.jar");

  private static final String NOBODY = "65534";

  /** The launcher's variable for more options of the JVM; the tests' own are in a property. */
  private static final String JVM_OPTIONS = "TCPTOP_JAVA_OPTS";

  private final List<String> before = new ArrayList<>();
  private final List<String> options;
  private final Map<String, String> environment = new LinkedHashMap<>();
  private Path home = HOME;
  private int port;

  private Launch(String... options) {
    this.options = new ArrayList<>(List.of(options));
    // Also where the build itself was started in the background, which ignores SIGINT.
    before.addAll(List.of("env", "--default-signal=INT"));
    environment.put(JVM_OPTIONS, System.getProperty("tcptop.test.jvm", ""));
  }

  /** With these options and no others. */
  public static Launch plain(String... options) {
    return new Launch(options);
  }

  /** With these options, listening on a free port of its own. */
  public static Launch listening(String... options) throws IOException {
    Launch launch = new Launch(options);
    launch.port = freePort();
    launch.options.addAll(List.of("--listen", "127.0.0.1:" + launch.port));
    return launch;
  }

  public Launch with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** Has the JVM watch over every use that is made of JNI. */
  public Launch checkingJni() {
    return withJvm("-Xcheck:jni");
  }

  /** With further options for the JVM, {@code -Dquarkus.…} say. */
  public Launch withJvm(String... more) {
    return with(JVM_OPTIONS, environment.get(JVM_OPTIONS) + " " + String.join(" ", more));
  }

  /** In a network namespace, where its port is reached from within alone. */
  public Launch in(Netns netns) {
    before.addAll(0, netns.behind());
    return this;
  }

  /** As root of a user namespace of its own, which is nobody outside. */
  public Launch asRootOfAnotherUserNamespace() {
    before.addAll(List.of("unshare", "--user", "--map-root-user"));
    return this;
  }

  /** As a user of no rights with these capabilities alone, such as {@code bpf}. */
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

  /** The command, for a shell that adds to it. */
  public String commandLine() {
    return String.join(" ", command());
  }

  /** Starts the product and waits for nothing. */
  public Product start() throws IOException {
    return start(command());
  }

  /** The same with another command that starts it. */
  public Product start(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(Path.of("/").toFile());
    Map<String, String> variables = builder.environment();
    variables.keySet().removeIf(name -> name.startsWith("TCPTOP_") || name.equals("NO_COLOR"));
    variables.putAll(environment);
    Path stdout = Files.createTempFile("tcptop-it", ".stdout");
    Path stderr = Files.createTempFile("tcptop-it", ".stderr");
    Process process =
        builder.redirectOutput(stdout.toFile()).redirectError(stderr.toFile()).start();
    return new Product(process, stdout, stderr, port);
  }

  /** Starts the product and waits until it serves. */
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

  /** Runs the product to the end that it comes to by itself. */
  public Ended run() throws Exception {
    try (Product product = start()) {
      return product.awaitEnd();
    }
  }

  private List<String> command() {
    List<String> command = new ArrayList<>(before);
    command.add(home.resolve("tcptop").toString());
    command.addAll(options);
    return command;
  }

  /** Below the ports that the kernel gives to connections. */
  public static int freePort() throws IOException {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
      try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return free.getLocalPort();
      } catch (IOException e) {
        // taken: another one
      }
    }
  }

  /** The installed files, for a user who can't read this work tree. Made once. */
  private static final class ReadableCopy {
    private static Path home;

    static synchronized Path home() throws Exception {
      if (home == null) {
        Path copy = Files.createTempDirectory("tcptop-it");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(copy)));
        Process tar =
            new ProcessBuilder(
                    "bash",
                    "-c",
                    "tar -C \"$1\" -c tcptop src/main/sh target/quarkus-app"
                        + " | tar -C \"$2\" -x && chmod -R a+rX \"$2\"",
                    "bash",
                    HOME.toString(),
                    copy.toString())
                .inheritIO()
                .start();
        if (!tar.waitFor(1, TimeUnit.MINUTES) || tar.exitValue() != 0) {
          throw new AssertionError("the product could not be copied to " + copy);
        }
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
