package dev.tcptop.table;

import dev.tcptop.model.Connection;
import java.util.ArrayList;
import java.util.List;

/** The changes of a frame by kind, for a test to look at. */
public record Changes(
    List<Frame.ShortLived> shortLived,
    List<Connection> opened,
    List<Connection> updated,
    List<Connection> quieted,
    List<Connection> closed) {

  /** What the frame's walk tells. */
  public static Changes of(Frame frame) {
    Changes changes =
        new Changes(
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>());
    frame.forEach(
        new Frame.Visitor() {
          @Override
          public void shortLived(long sequence, Frame.ShortLived connection) {
            changes.shortLived.add(connection);
          }

          @Override
          public void opened(long sequence, Connection connection) {
            changes.opened.add(connection);
          }

          @Override
          public void updated(long sequence, Connection connection) {
            changes.updated.add(connection);
          }

          @Override
          public void quieted(long sequence, Connection connection) {
            changes.quieted.add(connection);
          }

          @Override
          public void closed(long sequence, Connection connection) {
            changes.closed.add(connection);
          }
        });
    return changes;
  }

  /** All connections; of a short-lived one both views. */
  public List<Connection> all() {
    List<Connection> all = new ArrayList<>();
    shortLived.forEach(connection -> all.addAll(List.of(connection.open(), connection.close())));
    all.addAll(opened);
    all.addAll(updated);
    all.addAll(quieted);
    all.addAll(closed);
    return all;
  }
}
