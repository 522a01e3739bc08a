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
  private LongHashSet shown = new LongHashSet();

  public Selection(Filter filter) {
    this.filter = filter;
  }

  /** Whether the listener sees the frames as they are. Such listeners can share their bytes. */
  public boolean isAll() {
    return filter == Filter.ALL;
  }

  /** Begins anew with these connections. */
  public void begin(List<Connection> connections) {
    begin();
    if (!isAll()) {
      connections.forEach(this::isPresent);
    }
  }

  /** Begins anew: no connection was shown. Frees the memory that the selection holds. */
  public void begin() {
    shown = new LongHashSet();
  }

  /** Whether the listener is shown a connection that is there as it begins. */
  public boolean isPresent(Connection connection) {
    return connection.phase() != Phase.CLOSED && (isAll() || isFirst(connection));
  }

  /**
   * Whether the listener has to be told that the connection closed: it was shown it, or the filter
   * lets the connection through now.
   */
  public boolean isClosed(Connection ended) {
    return isAll() || shown.contains(ended.id()) || filter.test(ended);
  }

  /** The memory that the connections take which were shown, in bytes. */
  public long bytes() {
    return (long) shown.capacity() * Long.BYTES;
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
        through(
            new Frame.Visitor() {
              @Override
              public void shortLived(long sequence, Frame.ShortLived connection) {
                selected.shortLived(connection);
              }

              @Override
              public void opened(long sequence, Connection connection) {
                selected.opened(connection);
              }

              @Override
              public void updated(long sequence, Connection connection) {
                selected.updated(connection);
              }

              @Override
              public void quieted(long sequence, Connection connection) {
                selected.quieted(connection);
              }

              @Override
              public void closed(long sequence, Connection connection) {
                selected.closed(connection);
              }
            }));
    return selected.inPlaceOf(frame, frame.lost());
  }

  /**
   * A visitor of the frames that passes on what the listener sees of them. Each frame is visited
   * whole and in its order, be it in parts.
   */
  public Frame.Visitor through(Frame.Visitor listener) {
    return isAll() ? listener : new Selecting(listener);
  }

  private final class Selecting implements Frame.Visitor {
    private final Frame.Visitor listener;

    Selecting(Frame.Visitor listener) {
      this.listener = listener;
    }

    @Override
    public void shortLived(long sequence, Frame.ShortLived connection) {
      if (filter.test(connection.open()) || filter.test(connection.close())) {
        listener.shortLived(sequence, connection);
      }
    }

    @Override
    public void opened(long sequence, Connection connection) {
      if (shown.contains(connection.id()) || isFirst(connection)) {
        listener.opened(sequence, connection);
      }
    }

    @Override
    public void updated(long sequence, Connection connection) {
      if (shown.contains(connection.id())) {
        listener.updated(sequence, connection);
      } else if (isFirst(connection)) {
        listener.opened(sequence, connection);
      }
    }

    @Override
    public void quieted(long sequence, Connection connection) {
      if (shown.contains(connection.id())) {
        listener.quieted(sequence, connection);
      } else if (isFirst(connection)) {
        listener.opened(sequence, connection);
      }
    }

    @Override
    public void closed(long sequence, Connection connection) {
      if (shown.remove(connection.id()) || filter.test(connection)) {
        listener.closed(sequence, connection);
      }
    }
  }

  /** Whether the filter lets the connection through, which then counts as shown. */
  private boolean isFirst(Connection connection) {
    return filter.test(connection) && shown.add(connection.id());
  }
}
