package dev.tcptop.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads values that have no type of their own. All methods throw {@link BadValueException}. */
final class Text {
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}|[1-2]\\d{9}");
  private static final Pattern HOST = Pattern.compile("[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?");

  private Text() {}

  static boolean flag(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true", "yes", "y", "on", "1" -> true;
      case "false", "no", "n", "off", "0" -> false;
      default -> throw new BadValueException("true or false", text);
    };
  }

  /** The constant that the text names, in upper or lower case. */
  static <E extends Enum<E>> E word(Class<E> words, String text) {
    for (E word : words.getEnumConstants()) {
      if (word.name().equalsIgnoreCase(text.strip())) {
        return word;
      }
    }
    String takes =
        Arrays.stream(words.getEnumConstants())
            .map(word -> word.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", "));
    throw new BadValueException("one of " + takes, text);
  }

  static int number(int least, int most, String text) {
    String digits = text.strip();
    if (NUMBER.matcher(digits).matches()) {
      long number = Long.parseLong(digits);
      if (number >= least && number <= most) {
        return (int) number;
      }
    }
    throw new BadValueException("a number from " + least + " to " + most, text);
  }

  static int powerOfTwo(int least, int most, String text) {
    int number = number(least, most, text);
    if (Integer.bitCount(number) == 1) {
      return number;
    }
    throw new BadValueException("a power of two from " + least + " to " + most, text);
  }

  /** A host's name in lower case. */
  static String host(String text) {
    String name = text.strip().toLowerCase(Locale.ROOT);
    if (HOST.matcher(name).matches()) {
      return name;
    }
    throw new BadValueException("names of hosts without a port, such as tcptop.example", text);
  }
}
