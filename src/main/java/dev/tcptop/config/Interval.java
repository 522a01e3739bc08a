package dev.tcptop.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A duration within {@link #RANGE}, written as a whole number and a unit: {@code 500ms}. */
public final class Interval {
  public static final String RANGE = "100ms to 1h";

  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

  private Interval() {}

  /**
   * Reads a duration.
   *
   * @throws BadValueException if the text is no duration or out of range
   */
  public static Duration parse(String text) {
    Matcher form = FORM.matcher(text.strip());
    if (form.matches()) {
      long amount = Long.parseLong(form.group(1));
      Duration duration =
          switch (form.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
          };
      if (duration.compareTo(SHORTEST) >= 0 && duration.compareTo(LONGEST) <= 0) {
        return duration;
      }
    }
    throw new BadValueException("a duration from " + RANGE + ", such as 500ms, 2s or 5m", text);
  }
}
