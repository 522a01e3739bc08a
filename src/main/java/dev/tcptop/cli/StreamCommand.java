package dev.tcptop.cli;

import dev.tcptop.config.Defaults;
import dev.tcptop.config.Interval;
import dev.tcptop.config.Listen;
import dev.tcptop.config.SystemUser;
import dev.tcptop.config.TcptopConfig.Bytes;
import dev.tcptop.config.TcptopConfig.Color;
import dev.tcptop.query.Filter;
import dev.tcptop.self.Build;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code tcptop}: streams to stdout and serves HTTP. The fields of the options only check their
 * values: {@link Commands} hands the options over as settings.
 */
@Command(
    name = "tcptop",
    header = "Shows every TCP connection and UDP flow of this machine, live.",
    sortOptions = false,
    versionProvider = StreamCommand.Version.class,
    footer = {
      "",
      "Each option is also an environment variable (TCPTOP_UDP_IDLE) and a key in the",
      "file /etc/tcptop/tcptop.properties (tcptop.udp-idle=5s). stdout carries the",
      "stream, stderr everything else."
    })
final class StreamCommand implements Runnable {
  private final Runnable stream;

  @Option(
      names = "--interval",
      paramLabel = "DURATION",
      description =
          "how often changes are shown: "
              + Interval.RANGE
              + " (default: "
              + Defaults.INTERVAL
              + ")")
  @Nullable Duration interval;

  @Option(
      names = "--udp-idle",
      paramLabel = "DURATION",
      description = "idle time after which a UDP flow ends (default: " + Defaults.UDP_IDLE + ")")
  @Nullable Duration udpIdle;

  @Option(
      names = "--bytes",
      paramLabel = "human|raw|both",
      description = "how byte counts are written (default: " + Defaults.BYTES + ")")
  @Nullable Bytes bytes;

  @Option(
      names = "--color",
      paramLabel = "auto|always|never",
      description =
          "when stdout is coloured; auto: on a terminal, unless NO_COLOR is set (default: "
              + Defaults.COLOR
              + ")")
  @Nullable Color color;

  @Option(
      names = "--filter",
      paramLabel = "EXPR",
      description =
          "the connections that stdout shows, such as 'port = 443 and not address in ::1'")
  @Nullable Filter filter;

  @Option(
      names = "--listen",
      scope = CommandLine.ScopeType.INHERIT,
      paramLabel = "HOST:PORT",
      description = "the address that HTTP is served on (default: " + Defaults.LISTEN + ")")
  @Nullable Listen listen;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "the file with the token that requests need: Authorization: Bearer TOKEN (default: tcptop"
              + " makes one in /run/tcptop/token, or in $XDG_RUNTIME_DIR for a user other than"
              + " root)")
  @Nullable Path tokenFile;

  @Option(
      names = "--insecure",
      description = "serve HTTP without a token, to all who reach the address")
  boolean insecure;

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description =
          "the user that tcptop becomes once it observes (default: tcptop if there is one, else"
              + " nobody); root: it stays root, without capabilities")
  @Nullable SystemUser user;

  @Option(names = "--no-stdout", description = "serve HTTP only")
  boolean noStdout;

  @Option(names = "--once", description = "print the table after one interval, and exit")
  boolean once;

  @Option(names = "--debug", description = "show the stack traces of errors")
  boolean debug;

  @Option(names = "--help", usageHelp = true, description = "show this help and exit")
  boolean help;

  @Option(names = "--version", versionHelp = true, description = "show the version and exit")
  boolean version;

  StreamCommand(Runnable stream) {
    this.stream = stream;
  }

  @Override
  public void run() {
    stream.run();
  }

  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"tcptop " + Build.version()};
    }
  }
}
