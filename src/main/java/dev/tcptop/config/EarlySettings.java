package dev.tcptop.config;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Settings that are read before Quarkus starts, in the order of {@link SettingSources}: a system
 * property, which a command line's option becomes, wins over the environment, and that over the
 * {@link SettingsFile}. All methods throw {@link BadSettingException} if the file is refused.
 */
public final class EarlySettings {
  private EarlySettings() {}

  /**
   * Whether errors have their stack trace.
   *
   * @throws BadSettingException if the setting is no flag
   */
  public static boolean debug() {
    return read("debug", Text::flag).orElse(false);
  }

  /**
   * The address that HTTP is served on.
   *
   * @throws BadSettingException if the setting is no address
   */
  public static Listen listen() {
    return read("listen", Listen::parse).orElseGet(() -> Listen.parse(Defaults.LISTEN));
  }

  /** The file with the token, if one is given. */
  public static Optional<Path> tokenFile() {
    return read("token-file", Path::of);
  }

  /**
   * Whether requests may do without a token.
   *
   * @throws BadSettingException if the setting is no flag
   */
  public static boolean insecure() {
    return read("insecure", Text::flag).orElse(false);
  }

  private static <T> Optional<T> read(String option, Function<String, T> parser) {
    String key = "tcptop." + option;
    String variable = key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    Optional<String> text =
        Optional.ofNullable(System.getProperty(key))
            .or(() -> Optional.ofNullable(System.getenv(variable)))
            .or(() -> Optional.ofNullable(SettingsFile.read().get(key)));
    try {
      return text.map(parser);
    } catch (BadValueException e) {
      throw new BadSettingException(option, e);
    }
  }
}
