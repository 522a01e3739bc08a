package dev.tcptop.config;

import dev.tcptop.config.TcptopConfig.Bytes;
import dev.tcptop.config.TcptopConfig.Color;
import dev.tcptop.config.TcptopConfig.Listen;
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

  private Settings() {}

  /** Text that a setting does not take. The message names the setting and says what it takes. */
  public static final class BadSettingException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    /**
     * @param option as on the command line, without the dashes
     * @param takes what it takes
     * @param value what was given
     */
    public BadSettingException(String option, String takes, String value) {
      super("--" + option + " takes " + takes + ", not '" + value + "'");
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

  /** For {@link TcptopConfig#debug}. */
  public static final class DebugConverter implements Converter<Boolean> {
    private static final long serialVersionUID = 1;

    @Override
    public Boolean convert(String text) {
      return flag("debug", text);
    }
  }
}
