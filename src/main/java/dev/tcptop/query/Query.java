package dev.tcptop.query;

import dev.tcptop.model.Connection;
import java.util.List;

/**
 * Which connections are wanted, and in what order.
 *
 * @param limit the most connections that are wanted; not negative
 */
public record Query(Filter filter, Sort sort, long limit) {

  /** All connections that the filter lets through, in the order of their ids. */
  public static Query of(Filter filter) {
    return new Query(filter, Sort.BY_ID, Long.MAX_VALUE);
  }

  /** The connections that are wanted, in the order that is wanted. */
  public List<Connection> select(List<Connection> connections) {
    List<Connection> wanted =
        filter == Filter.ALL ? connections : connections.stream().filter(filter).toList();
    return sort.first(wanted, limit);
  }
}
