package dev.tcptop.query;

import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the values of a key are.
 *
 * @param takes what a filter may compare it with, in words
 * @param operators how it may be compared
 * @param reader from a filter's text to a value of this kind, {@link Network} for addresses; null:
 *     it is none
 */
record Kind(String takes, Set<Operator> operators, Function<String, @Nullable Object> reader) {

  static final Kind NUMBER =
      new Kind("a whole number such as 443 or 10MiB", Operator.ORDERED, Kind::number);

  static final Kind TIME =
      new Kind("a time such as 2026-01-31T12:00:00Z", Operator.ORDERED, Kind::time);

  static final Kind BOOLEAN = new Kind("true or false", Operator.EQUALITY, Kind::truth);

  static final Kind TEXT = new Kind("a text", Operator.TEXTUAL, text -> text);

  static final Kind ADDRESS =
      new Kind(
          "an address such as 10.0.0.1 or 2001:db8::1, or after in a network such as 10.0.0.0/8",
          Operator.TEXTUAL,
          Network::parse);

  private static final Pattern WHOLE = Pattern.compile("([0-9]{1,19})([KMGT]iB)?");

  /** Some words, in any case. */
  static Kind words(Enum<?>... words) {
    String takes = Arrays.stream(words).map(Enum::name).collect(Collectors.joining(", "));
    List<Enum<?>> all = List.of(words);
    return new Kind(
        "one of " + takes,
        Operator.TEXTUAL,
        text ->
            all.stream()
                .filter(word -> word.name().equalsIgnoreCase(text))
                .findFirst()
                .orElse(null));
  }

  private static @Nullable Object number(String text) {
    Matcher whole = WHOLE.matcher(text);
    if (!whole.matches()) {
      return null;
    }
    String unit = whole.group(2);
    int shift = unit == null ? 0 : 10 * ("KMGT".indexOf(unit.charAt(0)) + 1);
    try {
      long number = Long.parseLong(whole.group(1));
      return number > Long.MAX_VALUE >> shift ? null : number << shift;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static @Nullable Object time(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static @Nullable Object truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> null;
    };
  }
}
