package dev.tcptop;

import dev.tcptop.collect.ebpf.Privileges;
import dev.tcptop.collect.ebpf.Requirements;
import dev.tcptop.config.Settings;
import dev.tcptop.config.Settings.ListenConverter;
import dev.tcptop.config.TcptopConfig;
import dev.tcptop.config.TcptopConfig.Listen;
import dev.tcptop.self.Build;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * The program. What can be refused is refused here, before Quarkus starts and a port is open; then
 * the collector is opened at start-up, still before the port.
 */
@QuarkusMain
public final class Tcptop implements QuarkusApplication {
  private static final long LONGEST_STOP_MILLIS = 5_000;
  private static final String DEFAULT_LISTEN = "127.0.0.1:7070";

  /** A start that fails after this fails because of it. */
  private static volatile boolean signalled;

  public static void main(String... args) {
    // Without options it starts sooner: the library that reads them is large.
    if (args.length == 0 || read(args)) {
      start(args);
    }
  }

  /** Takes the options over as settings. False: that was all, or they are bad. */
  private static boolean read(String... args) {
    CommandLine commandLine =
        new CommandLine(new Options()).setCaseInsensitiveEnumValuesAllowed(true);
    CommandLine.ParseResult parsed;
    try {
      parsed = commandLine.parseArgs(args);
    } catch (CommandLine.ParameterException e) {
      exit(ExitStatus.BAD_OPTION, line(e) + "; tcptop --help lists the options");
      return false;
    }
    if (CommandLine.printHelpIfRequested(parsed)) {
      System.exit(ExitStatus.OK);
    }
    Map<String, String> given = Options.given(parsed);
    given.forEach(System::setProperty);
    if (parsed.hasSubcommand()) {
      examine();
      return false;
    }
    return true;
  }

  private static void start(String... args) {
    boolean debug;
    try {
      debug = Settings.flag("debug", setting("tcptop.debug", "false"));
    } catch (Settings.BadSettingException e) {
      exit(ExitStatus.BAD_OPTION, e.getMessage());
      return;
    }
    if (!Requirements.privileged()) {
      System.err.println(ExitStatus.PRIVILEGES_LINE);
      System.exit(ExitStatus.NO_PRIVILEGES);
    }
    Requirements.missingFromKernel()
        .ifPresent(missing -> exit(ExitStatus.NO_KERNEL_SUPPORT, missing));
    if (debug) {
      System.setProperty("quarkus.log.level", "INFO");
    }
    Runtime.getRuntime().addShutdownHook(new Thread(Tcptop::awaitHalt, "tcptop-end"));
    Quarkus.run(Tcptop.class, (status, failure) -> end(status, failure, debug), args);
  }

  private static void examine() {
    try {
      Listen listen = new ListenConverter().convert(setting("tcptop.listen", DEFAULT_LISTEN));
      System.exit(new Doctor(System.out).examine(listen));
    } catch (Settings.BadSettingException e) {
      exit(ExitStatus.BAD_OPTION, e.getMessage());
    } catch (LinkageError | UncheckedIOException e) { // of the native library
      exit(ExitStatus.FAILED, ExitStatus.line(e, ""));
    }
  }

  private final TcptopConfig config;
  private final String insecureRequests;

  /** What the program is set to, once that has been checked. */
  Tcptop(
      TcptopConfig config,
      @ConfigProperty(name = "quarkus.http.insecure-requests", defaultValue = "enabled")
          String insecureRequests) {
    this.config = config;
    this.insecureRequests = insecureRequests;
  }

  /**
   * Waits for the end: a signal, or a part of the program that is done. The port is open by now.
   */
  @Override
  public int run(String... args) {
    Privileges.drop();
    if (!config.noStdout() && !config.once()) {
      System.err.printf(
          "tcptop %s: every %s; ↑ out, ↓ in; %s://%s/api/v1/connections%n",
          Build.version(),
          config.interval().toString().substring(2).toLowerCase(Locale.ROOT),
          insecureRequests.equals("disabled") ? "https" : "http",
          config.listen());
    }
    Quarkus.waitForExit();
    return ExitStatus.OK;
  }

  /**
   * After a signal the JVM would end with a status that tells of it, as soon as its hooks are done.
   * This hook holds it until Quarkus has stopped, and {@link #end} halts it with ours.
   */
  private static void awaitHalt() {
    signalled = true;
    try {
      Thread.sleep(LONGEST_STOP_MILLIS);
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
    exit(
        ExitStatus.of(failure), ExitStatus.line(failure, setting("tcptop.listen", DEFAULT_LISTEN)));
  }

  /** As Quarkus will read it: a system property, the environment, or the default. */
  private static String setting(String key, String otherwise) {
    String variable = key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    return Optional.ofNullable(System.getProperty(key))
        .or(() -> Optional.ofNullable(System.getenv(variable)))
        .orElse(otherwise);
  }

  private static String line(CommandLine.ParameterException e) {
    Throwable cause = e.getCause();
    String message =
        cause instanceof Settings.BadSettingException ? cause.getMessage() : e.getMessage();
    return String.valueOf(message).lines().findFirst().orElse("bad option");
  }

  private static void exit(int status, @Nullable String line) {
    System.err.println("error: " + line);
    Runtime.getRuntime().halt(status);
  }
}
