package dev.tcptop.query;

import dev.tcptop.model.Address;
import dev.tcptop.model.Connection;
import org.jspecify.annotations.Nullable;

/** A value of a connection, as a filter and a sort order read it. */
interface Value {
  /** Null: the connection has no such value. */
  @Nullable Comparable<?> of(Connection connection);

  /** A whole number, which a filter reads without an object. */
  interface OfNumber extends Value {
    /** Negative: the connection has no such value. */
    long number(Connection connection);

    @Override
    default @Nullable Comparable<?> of(Connection connection) {
      long number = number(connection);
      return number < 0 ? null : (Long) number;
    }
  }

  /** The address of one end. */
  interface OfAddress extends Value {
    Address address(Connection connection);

    @Override
    default Comparable<?> of(Connection connection) {
      return address(connection);
    }
  }
}
