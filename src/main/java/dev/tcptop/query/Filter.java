package dev.tcptop.query;

import dev.tcptop.model.Connection;
import java.util.function.Predicate;

/**
 * Which connections are wanted: {@code remoteAddress in 10.0.0.0/8 and port = 443}. Keys are those
 * of the JSON, and {@code address} and {@code port} for either end. Immutable and thread-safe.
 */
public final class Filter implements Predicate<Connection> {
  /** Lets every connection through. */
  public static final Filter ALL = new Filter("", connection -> true);

  private final String text;
  private final Predicate<Connection> predicate;

  private Filter(String text, Predicate<Connection> predicate) {
    this.text = text;
    this.predicate = predicate;
  }

  /**
   * Reads a filter.
   *
   * @throws BadQueryException if it is none; empty text is none either
   */
  public static Filter parse(String text) {
    return new Filter(text, FilterParser.parse(text));
  }

  @Override
  public boolean test(Connection connection) {
    return predicate.test(connection);
  }

  /** The text that it was read from. */
  @Override
  public String toString() {
    return text;
  }
}
