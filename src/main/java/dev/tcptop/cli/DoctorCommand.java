package dev.tcptop.cli;

import dev.tcptop.collect.Examination;
import dev.tcptop.collect.Finding;
import dev.tcptop.collect.Finding.Verdict;
import dev.tcptop.config.BadSettingException;
import dev.tcptop.config.EarlySettings;
import dev.tcptop.config.Listen;
import dev.tcptop.http.guard.MadeToken;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code tcptop doctor}: checks each requirement of tcptop, and says what to do where one is
 * missing.
 */
@Command(
    name = "doctor",
    description = "check what this machine lacks to run tcptop; exits with 0, or 78 if it cannot")
final class DoctorCommand implements Callable<Integer> {
  private final Examination platform;
  private final PrintStream out;
  private boolean healthy = true;

  /**
   * @param platform the requirements of the collector
   * @param out gets a line for each requirement
   */
  DoctorCommand(Examination platform, PrintStream out) {
    this.platform = platform;
    this.out = out;
  }

  /**
   * Examines the machine.
   *
   * @return the exit status: 0, or 78 where tcptop cannot run
   */
  @Override
  public Integer call() {
    Listen listen = EarlySettings.listen();
    platform.examine(this::print);
    print(Finding.need("port", taken(listen), listen + " is free"));
    print(token());
    String java = Runtime.version() + " at " + System.getProperty("java.home");
    print(Finding.need("JDK", Optional.empty(), java));
    return healthy ? ExitStatus.OK : ExitStatus.NO_KERNEL_SUPPORT;
  }

  private void print(Finding finding) {
    healthy &= finding.verdict() != Verdict.MISSING;
    String verdict = finding.verdict().name().toLowerCase(Locale.ROOT);
    out.printf("%-8s %-12s %s%n", verdict, finding.subject(), finding.detail());
  }

  private static Finding token() {
    Optional<Path> given = EarlySettings.tokenFile();
    if (given.isEmpty() && EarlySettings.insecure()) {
      return Finding.need("token", Optional.empty(), "requests need none");
    }
    try {
      Path file = given.orElseGet(MadeToken::path);
      return Finding.need("token", Optional.empty(), "requests need the one in " + file);
    } catch (BadSettingException e) {
      return Finding.need("token", Optional.ofNullable(e.getMessage()), "");
    }
  }

  private static Optional<String> taken(Listen listen) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(listen.host(), listen.port()));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(ExitStatus.cannotListen(listen));
    }
  }
}
