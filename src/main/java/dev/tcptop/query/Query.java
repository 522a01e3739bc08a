package dev.tcptop.query;

import dev.tcptop.model.Connection;
import java.util.ArrayList;
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

  /** The connections that are wanted, in the order that is wanted, whatever time that takes. */
  public List<Connection> select(List<Connection> connections) {
    return select(connections, Budget.unlimited());
  }

  /**
   * The connections that are wanted, in the order that is wanted.
   *
   * @throws BudgetExceededException if that takes more time than the budget has
   */
  public List<Connection> select(List<Connection> connections, Budget budget) {
    if (filter == Filter.ALL) {
      return sort.first(connections, limit, budget);
    }
    List<Connection> wanted = new ArrayList<>();
    for (Connection connection : connections) {
      budget.step();
      if (filter.test(connection)) {
        wanted.add(connection);
      }
    }
    return sort.first(wanted, limit, budget);
  }
}
