package dev.tcptop;

import dev.tcptop.cli.Commands;
import dev.tcptop.cli.ExitStatus;
import dev.tcptop.collect.ebpf.EbpfExamination;
import dev.tcptop.collect.ebpf.Privileges;
import dev.tcptop.collect.ebpf.Requirements;
import dev.tcptop.config.BadSettingException;
import dev.tcptop.config.EarlySettings;
import dev.tcptop.config.Output;
import dev.tcptop.config.TcptopConfig;
import dev.tcptop.http.guard.RequestGuard;
import dev.tcptop.self.Build;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.Locale;
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

  private final TcptopConfig config;
  private final RequestGuard guard;
  private final String insecureRequests;

  /** Quarkus makes the application once the settings are checked. */
  Tcptop(
      TcptopConfig config,
      RequestGuard guard,
      @ConfigProperty(name = "quarkus.http.insecure-requests", defaultValue = "enabled")
          String insecureRequests) {
    this.config = config;
    this.guard = guard;
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
      System.err.printf(
          "tcptop %s: every %s; ↑ out, ↓ in; %s://%s/api/v1/connections%s%n",
          Build.version(),
          config.interval().toString().substring(2).toLowerCase(Locale.ROOT),
          insecureRequests.equals("disabled") ? "https" : "http",
          config.listen(),
          guard.tokenPath().map(file -> ", token in " + file).orElse(""));
    }
    Quarkus.waitForExit();
    return ExitStatus.OK;
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
