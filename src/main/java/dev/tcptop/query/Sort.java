package dev.tcptop.query;

import dev.tcptop.model.Connection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An order of connections: {@code -bytesOutPerSecond,remotePort}. Nulls come last either way, and
 * those that are alike are in the order of their ids.
 */
public final class Sort implements Comparator<Connection> {
  /** In the order of their ids. */
  public static final Sort BY_ID = new Sort(Comparator.comparingLong(Connection::id));

  private static final int MOST_KEYS = 8;

  private final Comparator<Connection> order;

  private Sort(Comparator<Connection> order) {
    this.order = order;
  }

  /**
   * Reads keys, separated by commas; each may have a {@code -} before it for descending.
   *
   * @throws BadQueryException if it is no such list
   */
  public static Sort parse(String text) {
    List<Comparator<Connection>> keys = new ArrayList<>();
    int index = 0;
    for (String part : text.split(",", -1)) {
      boolean descending = part.startsWith("-");
      String name = descending ? part.substring(1) : part;
      Key key = Key.of(name);
      if (keys.size() == MOST_KEYS) {
        throw new BadQueryException(text, index, "no more than " + MOST_KEYS + " keys", part);
      }
      if (key == null || !key.isSingle()) {
        throw new BadQueryException(
            text, index, "one of " + Key.names(Key::isSingle) + ", or - before it", part);
      }
      keys.add(order(key, descending));
      index += part.length() + 1;
    }
    keys.add(BY_ID);
    return new Sort(
        (a, b) -> {
          int compared = 0;
          for (int i = 0; compared == 0 && i < keys.size(); i++) {
            compared = keys.get(i).compare(a, b);
          }
          return compared;
        });
  }

  private static Comparator<Connection> order(Key key, boolean descending) {
    Function<Connection, @Nullable Comparable<?>> value = key.values().get(0);
    return (a, b) -> {
      Comparable<?> of = value.apply(a);
      Comparable<?> other = value.apply(b);
      if (of == null || other == null) {
        return Boolean.compare(of == null, other == null);
      }
      return descending ? compare(other, of) : compare(of, other);
    };
  }

  /** Words as they are written, all else as it is. */
  @SuppressWarnings("unchecked") // both are of one key
  private static int compare(Comparable<?> of, Comparable<?> other) {
    return of instanceof Enum<?> word && other instanceof Enum<?> second
        ? word.name().compareTo(second.name())
        : ((Comparable<Object>) of).compareTo(other);
  }

  @Override
  public int compare(Connection a, Connection b) {
    return order.compare(a, b);
  }

  /**
   * The first of them in this order, without sorting all.
   *
   * @param limit how many at most
   */
  public List<Connection> first(List<Connection> connections, long limit) {
    if (limit >= connections.size()) {
      return connections.stream().sorted(this).toList();
    }
    PriorityQueue<Connection> first = new PriorityQueue<>(reversed());
    for (Connection connection : connections) {
      if (first.size() < limit) {
        first.add(connection);
      } else if (limit > 0 && compare(connection, first.element()) < 0) {
        first.remove();
        first.add(connection);
      }
    }
    return first.stream().sorted(this).toList();
  }
}
