package dev.tcptop;

import dev.tcptop.config.Settings;
import dev.tcptop.config.TcptopConfig.Bytes;
import dev.tcptop.config.TcptopConfig.Color;
import dev.tcptop.config.TcptopConfig.Listen;
import dev.tcptop.query.Filter;
import dev.tcptop.self.Build;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The command line. An option that is given becomes the configuration key of its name, {@code
 * --udp-idle} the key {@code tcptop.udp-idle}; its default stands in {@code TcptopConfig}.
 */
@Command(
    name = "tcptop",
    header = "Shows every TCP connection and UDP flow of this machine, live.",
    sortOptions = false,
    versionProvider = Options.Version.class,
    footer = {
      "",
      "Each option is also a configuration key (tcptop.udp-idle) and an environment",
      "variable (TCPTOP_UDP_IDLE). stdout holds the stream, everything else is on stderr."
    })
final class Options {
  @Option(
      names = "--interval",
      paramLabel = "DURATION",
      converter = Interval.class,
      description = "what changed is shown so often: 100ms to 1h (default: 1s)")
  @Nullable Duration interval;

  @Option(
      names = "--udp-idle",
      paramLabel = "DURATION",
      converter = UdpIdle.class,
      description = "a UDP flow ends so long after its last datagram (default: 5s)")
  @Nullable Duration udpIdle;

  @Option(
      names = "--bytes",
      paramLabel = "human|raw|both",
      converter = BytesWord.class,
      description = "how byte counts are written (default: both)")
  @Nullable Bytes bytes;

  @Option(
      names = "--color",
      paramLabel = "auto|always|never",
      converter = ColorWord.class,
      description = "auto: on a terminal, unless NO_COLOR is set (default: auto)")
  @Nullable Color color;

  @Option(
      names = "--filter",
      paramLabel = "EXPR",
      converter = FilterText.class,
      description = "which connections stdout shows, such as 'port = 443 and not address in ::1'")
  @Nullable Filter filter;

  @Option(
      names = "--listen",
      scope = CommandLine.ScopeType.INHERIT,
      paramLabel = "HOST:PORT",
      converter = ListenAddress.class,
      description = "where HTTP is served (default: 127.0.0.1:7070)")
  @Nullable Listen listen;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "requests need the token in it: Authorization: Bearer TOKEN")
  @Nullable Path tokenFile;

  @Option(
      names = "--insecure",
      description = "let anyone who reaches an address other than loopback ask")
  boolean insecure;

  @Option(names = "--no-stdout", description = "serve HTTP only")
  boolean noStdout;

  @Option(names = "--once", description = "wait one interval, print the table, and exit")
  boolean once;

  @Option(names = "--debug", description = "show stack traces")
  boolean debug;

  @Option(names = "--help", usageHelp = true, description = "show this help and exit")
  boolean help;

  @Option(names = "--version", versionHelp = true, description = "show the version and exit")
  boolean version;

  @Command(
      name = "doctor",
      description = "say what this machine lacks to run tcptop, and exit: 0, or 78 if it can't")
  void doctor() {}

  /**
   * The keys and values that were given.
   *
   * @param parsed of a command line over this object
   */
  static Map<String, String> given(CommandLine.ParseResult parsed) {
    Map<String, String> given = new LinkedHashMap<>();
    parsed.asCommandLineList().stream()
        .flatMap(command -> command.getParseResult().matchedOptions().stream())
        .forEach(option -> given.put("tcptop." + option.longestName().substring(2), text(option)));
    return given;
  }

  private static String text(CommandLine.Model.OptionSpec option) {
    // A flag has no text of its own.
    return option.arity().max() == 0
        ? String.valueOf(option.<Object>getValue())
        : option.originalStringValues().get(0);
  }

  static final class Interval implements CommandLine.ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      return new Settings.IntervalConverter().convert(text);
    }
  }

  static final class UdpIdle implements CommandLine.ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      return new Settings.UdpIdleConverter().convert(text);
    }
  }

  static final class BytesWord implements CommandLine.ITypeConverter<Bytes> {
    @Override
    public Bytes convert(String text) {
      return new Settings.BytesConverter().convert(text);
    }
  }

  static final class ColorWord implements CommandLine.ITypeConverter<Color> {
    @Override
    public Color convert(String text) {
      return new Settings.ColorConverter().convert(text);
    }
  }

  static final class FilterText implements CommandLine.ITypeConverter<Filter> {
    @Override
    public Filter convert(String text) {
      return new Settings.FilterConverter().convert(text);
    }
  }

  static final class ListenAddress implements CommandLine.ITypeConverter<Listen> {
    @Override
    public Listen convert(String text) {
      return new Settings.ListenConverter().convert(text);
    }
  }

  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"tcptop " + Build.version()};
    }
  }
}
