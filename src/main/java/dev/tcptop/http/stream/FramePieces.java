package dev.tcptop.http.stream;

import dev.tcptop.model.Connection;
import dev.tcptop.publish.Selection;
import dev.tcptop.table.Frame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a selection shows of a frame. Of its events the tick alone has an id. */
final class FramePieces extends LazyPieces {
  private final Frame frame;
  private final Frame.Visitor selected;

  /** The events of the change that is being looked at. */
  private final List<Event> found = new ArrayList<>(2);

  private int next;
  private int opened;
  private int updated;
  private int closed;

  FramePieces(Frame frame, Selection selection, EventEncoder encoder, Duration budget) {
    super(encoder, budget);
    this.frame = frame;
    selected =
        selection.through(
            new Frame.Visitor() {
              @Override
              public void opened(long sequence, Connection connection) {
                opened++;
                found.add(Event.of("opened", Event.NO_ID, connection));
              }

              @Override
              public void updated(long sequence, Connection connection) {
                updated++;
                found.add(Event.of("updated", Event.NO_ID, connection));
              }

              @Override
              public void closed(long sequence, Connection connection) {
                closed++;
                found.add(Event.of("closed", Event.NO_ID, connection));
              }
            });
  }

  @Override
  public Object source() {
    return frame;
  }

  @Override
  boolean advance(List<Event> piece) {
    if (next == frame.changes()) {
      piece.add(Event.tick(frame, opened, updated, closed));
      return false;
    }
    frame.forEach(next, next + 1, selected);
    next++;
    piece.addAll(found);
    found.clear();
    return true;
  }
}
