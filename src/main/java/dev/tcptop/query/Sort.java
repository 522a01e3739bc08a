package dev.tcptop.query;

import dev.tcptop.model.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An order of connections: {@code -bytesOutPerSecond,remotePort}. Nulls come last either way, and
 * connections that are alike are in the order of their ids.
 */
public final class Sort implements Comparator<Connection> {
  /** In the order of their ids. */
  public static final Sort BY_ID = new Sort(List.of());

  private static final int MOST_KEYS = 8;

  private final Part[] parts;

  private Sort(List<Part> parts) {
    this.parts = parts.toArray(Part[]::new);
  }

  /** A key of the order. */
  private record Part(Value value, boolean descending) {

    /** Words are ordered as they are written, all else by its value. */
    @Nullable Comparable<?> of(Connection connection) {
      Comparable<?> of = value.of(connection);
      return of instanceof Enum<?> word ? word.name() : of;
    }

    @SuppressWarnings("unchecked") // both are of one key
    int compare(@Nullable Comparable<?> of, @Nullable Comparable<?> other) {
      if (of == null || other == null) {
        return Boolean.compare(of == null, other == null);
      }
      return descending
          ? ((Comparable<Object>) other).compareTo(of)
          : ((Comparable<Object>) of).compareTo(other);
    }
  }

  /** A connection with the values that order it, looked up once and not at each comparison. */
  private final class Ranked implements Comparable<Ranked> {
    final Connection connection;
    private final Budget budget;

    /** Null where the key has no value. */
    private final Comparable<?>[] values;

    Ranked(Connection connection, Budget budget) {
      this.connection = connection;
      this.budget = budget;
      values = new Comparable<?>[parts.length];
      for (int i = 0; i < parts.length; i++) {
        values[i] = parts[i].of(connection);
      }
    }

    @Override
    public int compareTo(Ranked other) {
      budget.step();
      int compared = 0;
      for (int i = 0; compared == 0 && i < parts.length; i++) {
        compared = parts[i].compare(values[i], other.values[i]);
      }
      return compared == 0 ? Long.compare(connection.id(), other.connection.id()) : compared;
    }
  }

  /**
   * Reads keys, separated by commas; each may have a {@code -} before it for descending.
   *
   * @throws BadQueryException if it is no such list
   */
  public static Sort parse(String text) {
    List<Part> parts = new ArrayList<>();
    int index = 0;
    for (String part : text.split(",", -1)) {
      boolean descending = part.startsWith("-");
      String name = descending ? part.substring(1) : part;
      Key key = Key.of(name);
      if (parts.size() == MOST_KEYS) {
        throw new BadQueryException(text, index, "no more than " + MOST_KEYS + " keys", part);
      }
      if (key == null || !key.isSingle()) {
        throw new BadQueryException(
            text, index, "one of " + Key.names(Key::isSingle) + ", or - before it", part);
      }
      parts.add(new Part(key.values().get(0), descending));
      index += part.length() + 1;
    }
    return new Sort(parts);
  }

  @Override
  public int compare(Connection a, Connection b) {
    Budget budget = Budget.unlimited();
    return new Ranked(a, budget).compareTo(new Ranked(b, budget));
  }

  /** The first of the connections in this order, whatever time that takes. */
  public List<Connection> first(List<Connection> connections, long limit) {
    return first(connections, limit, Budget.unlimited());
  }

  /**
   * The first of the connections in this order, without sorting all.
   *
   * @param limit how many at most
   * @throws BudgetExceededException if that takes more time than the budget has
   */
  public List<Connection> first(List<Connection> connections, long limit, Budget budget) {
    if (limit >= connections.size()) {
      return inOrder(connections.stream().map(connection -> new Ranked(connection, budget)));
    }
    PriorityQueue<Ranked> first = new PriorityQueue<>(Comparator.reverseOrder());
    for (Connection connection : connections) {
      if (first.size() < limit) {
        first.add(new Ranked(connection, budget));
      } else if (limit > 0) {
        Ranked ranked = new Ranked(connection, budget);
        if (ranked.compareTo(first.element()) < 0) {
          first.remove();
          first.add(ranked);
        }
      }
    }
    return inOrder(first.stream());
  }

  private List<Connection> inOrder(Stream<Ranked> connections) {
    Ranked[] ranked = connections.toArray(Ranked[]::new);
    Arrays.sort(ranked);
    return Arrays.stream(ranked).map(one -> one.connection).toList();
  }
}
