package dev.tcptop.publish;

import dev.tcptop.model.Connection;
import dev.tcptop.model.Phase;
import dev.tcptop.query.Filter;
import dev.tcptop.table.Frame;
import java.util.List;
import org.agrona.collections.LongHashSet;

/**
 * What one listener sees of the frames through its filter: a connection from the moment at which
 * the filter first lets it through until its close, whatever the filter says in between. So each
 * connection that the listener holds is up to date, and ends. Costs a number for each connection
 * that is shown. Not thread-safe.
 */
public final class Selection {
  private final Filter filter;

  /** The connections that are open and were let through. */
  private final LongHashSet shown = new LongHashSet();

  public Selection(Filter filter) {
    this.filter = filter;
  }

  /** Whether the listener sees the frames as they are. Such listeners can share their bytes. */
  public boolean isAll() {
    return filter == Filter.ALL;
  }

  /** Begins anew with the connections that are let through, and returns them. */
  public List<Connection> begin(List<Connection> connections) {
    if (isAll()) {
      return connections;
    }
    shown.clear();
    List<Connection> selected = connections.stream().filter(filter).toList();
    for (Connection connection : selected) {
      if (connection.phase() != Phase.CLOSED) {
        shown.add(connection.id());
      }
    }
    return selected;
  }

  /**
   * The closed connections that the listener has to be told of: it was shown them, or the filter
   * lets them through now.
   */
  public List<Connection> closes(List<Connection> closed) {
    return closed.stream()
        .filter(ended -> shown.contains(ended.id()) || filter.test(ended))
        .toList();
  }

  /**
   * What the listener sees of the next frame: the same tick, with the last sequence number and the
   * totals unchanged. A connection that is let through late is among the opened ones.
   */
  public Frame next(Frame frame) {
    if (isAll()) {
      return frame;
    }
    Frame.Builder selected = new Frame.Builder();
    frame.forEach(
        new Frame.Visitor() {
          @Override
          public void shortLived(long sequence, Frame.ShortLived connection) {
            if (filter.test(connection.open()) || filter.test(connection.close())) {
              selected.shortLived(connection);
            }
          }

          @Override
          public void opened(long sequence, Connection connection) {
            if (shown.contains(connection.id()) || isFirst(connection)) {
              selected.opened(connection);
            }
          }

          @Override
          public void updated(long sequence, Connection connection) {
            if (shown.contains(connection.id())) {
              selected.updated(connection);
            } else if (isFirst(connection)) {
              selected.opened(connection);
            }
          }

          @Override
          public void quieted(long sequence, Connection connection) {
            if (shown.contains(connection.id())) {
              selected.quieted(connection);
            } else if (isFirst(connection)) {
              selected.opened(connection);
            }
          }

          @Override
          public void closed(long sequence, Connection connection) {
            if (shown.remove(connection.id()) || filter.test(connection)) {
              selected.closed(connection);
            }
          }
        });
    return selected.inPlaceOf(frame, frame.lost());
  }

  /** Whether the filter lets the connection through, which then counts as shown. */
  private boolean isFirst(Connection connection) {
    return filter.test(connection) && shown.add(connection.id());
  }
}
