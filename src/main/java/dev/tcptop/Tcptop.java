package dev.tcptop;

import dev.tcptop.cli.Commands;
import dev.tcptop.cli.ExitStatus;
import dev.tcptop.collect.ebpf.EbpfExamination;
import dev.tcptop.collect.ebpf.Privileges;
import dev.tcptop.collect.ebpf.Requirements;
import dev.tcptop.config.BadSettingException;
import dev.tcptop.config.EarlySettings;
import dev.tcptop.config.Listen;
import dev.tcptop.config.Output;
import dev.tcptop.config.TcptopConfig;
import dev.tcptop.http.guard.RequestGuard;
import dev.tcptop.self.Build;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.quarkus.vertx.http.HttpServer;
import java.nio.charset.Charset;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * The program. It refuses bad options, missing privileges and unsuitable kernels before Quarkus
 * starts. The collector is opened while Quarkus starts, before the port is open.
 */
@QuarkusMain
public final class Tcptop implements QuarkusApplication {
  private static final long LONGEST_STOP_MILLIS = 4_500;

  /** A start that fails after a signal fails because of the signal. */
  private static volatile boolean signalled;

  public static void main(String... args) {
    // Without arguments picocli is not loaded: it is large, and the start is quicker without it.
    if (args.length == 0) {
      start();
    } else {
      System.exit(new Commands(() -> start(args), new EbpfExamination()).execute(args));
    }
  }

  private static void start(String... args) {
    if (!Requirements.privileged()) {
      System.err.println(ExitStatus.PRIVILEGES_LINE);
      System.exit(ExitStatus.NO_PRIVILEGES);
    }
    boolean debug;
    try {
      debug = EarlySettings.debug();
    } catch (BadSettingException e) {
      exit(ExitStatus.BAD_OPTION, e.getMessage());
      return;
    }
    Requirements.missingFromKernel()
        .ifPresent(missing -> exit(ExitStatus.NO_KERNEL_SUPPORT, missing));
    if (debug) {
      System.setProperty("quarkus.log.level", "INFO");
    }
    Runtime.getRuntime().addShutdownHook(new Thread(Tcptop::awaitHalt, "tcptop-end"));
    Quarkus.run(Tcptop.class, (status, failure) -> end(status, failure, debug), args);
  }

  private static final String ARROWS = "↑ out, ↓ in";

  private final TcptopConfig config;
  private final RequestGuard guard;
  private final HttpServer server;
  private final String insecureRequests;

  /** Quarkus makes the application once the settings are checked. */
  Tcptop(
      TcptopConfig config,
      RequestGuard guard,
      HttpServer server,
      @ConfigProperty(name = "quarkus.http.insecure-requests", defaultValue = "enabled")
          String insecureRequests) {
    this.config = config;
    this.guard = guard;
    this.server = server;
    this.insecureRequests = insecureRequests;
  }

  /**
   * Waits for the end: a signal, or a part of the program that is done. The port is open by now.
   */
  @Override
  public int run(String... args) {
    Jars.open();
    Privileges.drop(config.user());
    if (Output.of(config) == Output.LINES) {
      boolean https = insecureRequests.equals("disabled");
      System.err.printf(
          "tcptop %s: every %s; %s; %s://%s/api/v1/connections%s%n",
          Build.version(),
          config.interval().toString().substring(2).toLowerCase(Locale.ROOT),
          stderrHas(ARROWS) ? ARROWS : "arrow up: out, arrow down: in",
          https ? "https" : "http",
          bound(https),
          guard.tokenPath().map(file -> ", token in " + file).orElse(""));
    }
    Quarkus.waitForExit();
    return ExitStatus.OK;
  }

  /** The address that is listened on: where port 0 was asked for, the system picked one. */
  private Listen bound(boolean https) {
    return new Listen(config.listen().host(), https ? server.getSecurePort() : server.getPort());
  }

  /** Whether the encoding of stderr, which the locale gives, has these characters. */
  private static boolean stderrHas(String text) {
    String encoding =
        Stream.of("stderr.encoding", "sun.stderr.encoding", "native.encoding")
            .map(System::getProperty)
            .filter(Objects::nonNull)
            .findFirst()
            .orElse("UTF-8");
    return Charset.isSupported(encoding) && Charset.forName(encoding).newEncoder().canEncode(text);
  }

  /**
   * After a signal the JVM exits as soon as its shutdown hooks have returned, with a status that
   * names the signal. This hook keeps the JVM alive until Quarkus has stopped and {@link #end}
   * halts it with the status of tcptop. If Quarkus cannot stop in time, the hook halts the JVM.
   */
  private static void awaitHalt() {
    signalled = true;
    try {
      Thread.sleep(LONGEST_STOP_MILLIS);
      Runtime.getRuntime().halt(ExitStatus.OK);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void end(@Nullable Integer status, @Nullable Throwable failure, boolean debug) {
    if (failure == null) {
      Runtime.getRuntime().halt(status == null ? ExitStatus.FAILED : status);
      return;
    }
    if (signalled) {
      Runtime.getRuntime().halt(ExitStatus.OK);
    }
    if (debug) {
      failure.printStackTrace();
    }
    exit(ExitStatus.of(failure), ExitStatus.line(failure));
  }

  private static void exit(int status, @Nullable String line) {
    System.err.println("error: " + line);
    Runtime.getRuntime().halt(status);
  }
}
