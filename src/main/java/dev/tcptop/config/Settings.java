package dev.tcptop.config;

import dev.tcptop.config.TcptopConfig.Bytes;
import dev.tcptop.config.TcptopConfig.Color;
import dev.tcptop.config.TcptopConfig.Listen;
import dev.tcptop.config.TcptopConfig.UdpWay;
import dev.tcptop.query.BadQueryException;
import dev.tcptop.query.Filter;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.spi.Converter;

/**
 * From a setting's text to its value. What can't be read is refused with what the setting takes.
 */
public final class Settings {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final int SMALLEST_RING = 4096;
  private static final int LARGEST_RING = 1 << 30;
  private static final int MOST_ENTRIES = 1 << 22;
  private static final int MOST_SUBSCRIBERS = 100_000;
  private static final Pattern HOST = Pattern.compile("[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?");
  private static final int MOST_PROCESSES = 1_000;

  private Settings() {}

  /** Text that a setting does not take. The message names the setting and says what it takes. */
  public static final class BadSettingException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    /**
     * @param option as on the command line, without the dashes; the key of a setting that is none
     * @param takes what it takes
     * @param value what was given
     */
    public BadSettingException(String option, String takes, String value) {
      super(
          (option.startsWith("tcptop.") ? "" : "--")
              + option
              + " takes "
              + takes
              + ", not '"
              + value
              + "'");
    }

    /**
     * @param option as on the command line, without the dashes
     * @param cause says where in its value it takes what
     */
    public BadSettingException(String option, BadQueryException cause) {
      super("--" + option + " " + cause.getMessage(), cause);
    }
  }

  static Duration duration(String option, String text) {
    Matcher matcher = DURATION.matcher(text.strip());
    if (matcher.matches()) {
      long amount = Long.parseLong(matcher.group(1));
      Duration duration =
          switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
          };
      if (duration.compareTo(SHORTEST) >= 0 && duration.compareTo(LONGEST) <= 0) {
        return duration;
      }
    }
    throw new BadSettingException(
        option, "a duration from 100ms to 1h, such as 500ms, 2s or 5m", text);
  }

  static <E extends Enum<E>> E word(String option, Class<E> words, String text) {
    for (E word : words.getEnumConstants()) {
      if (word.name().equalsIgnoreCase(text.strip())) {
        return word;
      }
    }
    String takes =
        Arrays.stream(words.getEnumConstants())
            .map(word -> word.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", "));
    throw new BadSettingException(option, "one of " + takes, text);
  }

  static int number(String key, int least, int most, String text) {
    String digits = text.strip();
    if (digits.matches("\\d{1,9}|[1-2]\\d{9}")) {
      long number = Long.parseLong(digits);
      if (number >= least && number <= most) {
        return (int) number;
      }
    }
    throw new BadSettingException(key, "a number from " + least + " to " + most, text);
  }

  /** Whether a flag is set. */
  public static boolean flag(String option, String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true", "yes", "y", "on", "1" -> true;
      case "false", "no", "n", "off", "0" -> false;
      default -> throw new BadSettingException(option, "true or false", text);
    };
  }

  static Listen listen(String option, String text) {
    String stripped = text.strip();
    int colon = stripped.lastIndexOf(':');
    if (colon > 0) {
      String host = stripped.substring(0, colon);
      boolean bracketed = host.startsWith("[") && host.endsWith("]");
      if (bracketed) {
        host = host.substring(1, host.length() - 1);
      }
      try {
        String digits = stripped.substring(colon + 1);
        int port = Integer.parseInt(digits);
        if (digits.matches("\\d+")
            && port <= 65535
            && !host.isEmpty()
            && bracketed == host.contains(":")) {
          return new Listen(host, port);
        }
      } catch (NumberFormatException e) {
        // refused below, like any other text
      }
    }
    throw new BadSettingException(option, "HOST:PORT, such as 127.0.0.1:7070 or [::1]:7070", text);
  }

  /** For {@link TcptopConfig#interval}. */
  public static final class IntervalConverter implements Converter<Duration> {
    private static final long serialVersionUID = 1;

    @Override
    public Duration convert(String text) {
      return duration("interval", text);
    }
  }

  /** For {@link TcptopConfig#udpIdle}. */
  public static final class UdpIdleConverter implements Converter<Duration> {
    private static final long serialVersionUID = 1;

    @Override
    public Duration convert(String text) {
      return duration("udp-idle", text);
    }
  }

  /** For {@link TcptopConfig#bytes}. */
  public static final class BytesConverter implements Converter<Bytes> {
    private static final long serialVersionUID = 1;

    @Override
    public Bytes convert(String text) {
      return word("bytes", Bytes.class, text);
    }
  }

  /** For {@link TcptopConfig#color}. */
  public static final class ColorConverter implements Converter<Color> {
    private static final long serialVersionUID = 1;

    @Override
    public Color convert(String text) {
      return word("color", Color.class, text);
    }
  }

  /** For {@link TcptopConfig#filter}. */
  public static final class FilterConverter implements Converter<Filter> {
    private static final long serialVersionUID = 1;

    @Override
    public Filter convert(String text) {
      try {
        return Filter.parse(text);
      } catch (BadQueryException e) {
        throw new BadSettingException("filter", e);
      }
    }
  }

  /** For {@link TcptopConfig#listen}. */
  public static final class ListenConverter implements Converter<Listen> {
    private static final long serialVersionUID = 1;

    @Override
    public Listen convert(String text) {
      return listen("listen", text);
    }
  }

  /** For {@link TcptopConfig#insecure}. */
  public static final class InsecureConverter implements Converter<Boolean> {
    private static final long serialVersionUID = 1;

    @Override
    public Boolean convert(String text) {
      return flag("insecure", text);
    }
  }

  /** For {@link TcptopConfig#hosts}. */
  public static final class HostConverter implements Converter<String> {
    private static final long serialVersionUID = 1;

    @Override
    public String convert(String text) {
      String name = text.strip().toLowerCase(Locale.ROOT);
      if (HOST.matcher(name).matches()) {
        return name;
      }
      throw new BadSettingException(
          "tcptop.hosts", "names of hosts without a port, such as tcptop.example", text);
    }
  }

  /** For {@link TcptopConfig#maxSubscribers}. */
  public static final class MaxSubscribersConverter implements Converter<Integer> {
    private static final long serialVersionUID = 1;

    @Override
    public Integer convert(String text) {
      return number("tcptop.max-subscribers", 1, MOST_SUBSCRIBERS, text);
    }
  }

  /** For {@link TcptopConfig#noStdout}. */
  public static final class NoStdoutConverter implements Converter<Boolean> {
    private static final long serialVersionUID = 1;

    @Override
    public Boolean convert(String text) {
      return flag("no-stdout", text);
    }
  }

  /** For {@link TcptopConfig#once}. */
  public static final class OnceConverter implements Converter<Boolean> {
    private static final long serialVersionUID = 1;

    @Override
    public Boolean convert(String text) {
      return flag("once", text);
    }
  }

  /** For {@link TcptopConfig.Kernel#ringBytes}. */
  public static final class RingBytesConverter implements Converter<Integer> {
    private static final long serialVersionUID = 1;

    @Override
    public Integer convert(String text) {
      String key = "tcptop.kernel.ring-bytes";
      int bytes = number(key, SMALLEST_RING, LARGEST_RING, text);
      if (Integer.bitCount(bytes) == 1) {
        return bytes;
      }
      throw new BadSettingException(
          key, "a power of two from " + SMALLEST_RING + " to " + LARGEST_RING, text);
    }
  }

  /** For {@link TcptopConfig.Kernel#sampleRecords}. */
  public static final class SampleRecordsConverter implements Converter<Integer> {
    private static final long serialVersionUID = 1;

    @Override
    public Integer convert(String text) {
      return number("tcptop.kernel.sample-records", 1, MOST_ENTRIES, text);
    }
  }

  /** For {@link TcptopConfig.Kernel#flows}. */
  public static final class FlowsConverter implements Converter<Integer> {
    private static final long serialVersionUID = 1;

    @Override
    public Integer convert(String text) {
      return number("tcptop.kernel.flows", 1, MOST_ENTRIES, text);
    }
  }

  /** For {@link TcptopConfig.Kernel#udp}. */
  public static final class UdpWayConverter implements Converter<UdpWay> {
    private static final long serialVersionUID = 1;

    @Override
    public UdpWay convert(String text) {
      return word("tcptop.kernel.udp", UdpWay.class, text);
    }
  }

  /** For {@link TcptopConfig.Metrics#topProcesses}. */
  public static final class TopProcessesConverter implements Converter<Integer> {
    private static final long serialVersionUID = 1;

    @Override
    public Integer convert(String text) {
      return number("tcptop.metrics.top-processes", 0, MOST_PROCESSES, text);
    }
  }

  /** For {@link TcptopConfig#debug}. */
  public static final class DebugConverter implements Converter<Boolean> {
    private static final long serialVersionUID = 1;

    @Override
    public Boolean convert(String text) {
      return flag("debug", text);
    }
  }
}
