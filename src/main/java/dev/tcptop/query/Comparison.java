package dev.tcptop.query;

import com.google.re2j.Pattern;
import dev.tcptop.model.Connection;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The comparisons of a filter. A key for either end finds a connection by one of its ends, and a
 * connection that has no value is not found.
 *
 * <p>A filter is tried on every connection of the machine, and waits for memory more than it
 * computes. So a comparison of numbers or addresses makes no object, and takes few instructions:
 * then the processor fetches the next connections while it compares one.
 */
final class Comparison {
  private Comparison() {}

  /** The connection has no value. */
  static Predicate<Connection> isNull(Key key) {
    Value value = key.values().get(0);
    return connection -> value.of(connection) == null;
  }

  /**
   * The value is one of these.
   *
   * @param wanted what the key's kind has read
   */
  static Predicate<Connection> isIn(Key key, List<Object> wanted) {
    if (key.isOf(Kind.ADDRESS)) {
      return new AddressTest(key, wanted.stream().map(Network.class::cast).toList());
    }
    if (key.isOf(Kind.NUMBER)) {
      long[] numbers = wanted.stream().mapToLong(Long.class::cast).sorted().toArray();
      long first = numbers[0];
      return findNumber(
          key,
          numbers.length == 1
              ? number -> number == first
              : number -> Arrays.binarySearch(numbers, number) >= 0);
    }
    return find(key, wanted::contains);
  }

  /** The value stands in this order to a bound that the key's kind has read. */
  static Predicate<Connection> isInOrder(Key key, Operator operator, Object bound) {
    if (key.isOf(Kind.NUMBER)) {
      long number = (Long) bound;
      return findNumber(
          key,
          switch (operator) {
            case LESS -> value -> value < number;
            case AT_MOST -> value -> value <= number;
            case GREATER -> value -> value > number;
            default -> value -> value >= number;
          });
    }
    return find(
        key,
        value -> {
          int order = compare(value, bound);
          return switch (operator) {
            case LESS -> order < 0;
            case AT_MOST -> order <= 0;
            case GREATER -> order > 0;
            default -> order >= 0;
          };
        });
  }

  @SuppressWarnings("unchecked") // a kind reads what its keys hold
  private static int compare(Comparable<?> value, Object bound) {
    return ((Comparable<Object>) value).compareTo(bound);
  }

  /** The expression matches a part of the value's text. */
  static Predicate<Connection> matches(Key key, Pattern pattern) {
    return find(key, value -> pattern.matcher(value.toString()).find());
  }

  private static Predicate<Connection> findNumber(Key key, LongPredicate wanted) {
    Value.OfNumber[] values = key.values().toArray(Value.OfNumber[]::new);
    return connection -> {
      for (Value.OfNumber value : values) {
        long number = value.number(connection);
        if (number >= 0 && wanted.test(number)) {
          return true;
        }
      }
      return false;
    };
  }

  private static Predicate<Connection> find(Key key, Predicate<Comparable<?>> wanted) {
    Value[] values = key.values().toArray(Value[]::new);
    return connection -> {
      for (Value value : values) {
        @Nullable Comparable<?> found = value.of(connection);
        if (found != null && wanted.test(found)) {
          return true;
        }
      }
      return false;
    };
  }
}
