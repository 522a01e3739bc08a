package dev.tcptop.http.stream;

import static dev.tcptop.model.ConnectionBuilder.tcp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tcptop.http.stream.EventEncoder.Form;
import dev.tcptop.model.Connection;
import dev.tcptop.publish.Selection;
import dev.tcptop.query.Filter;
import dev.tcptop.table.Frame;
import dev.tcptop.table.FrameBuilder;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What subscribers share. What they are told: EventEncoderTest. */
class SharedEventsTest {
  private static final Selection ALL = new Selection(Filter.ALL);
  private static final Frame FULL = frameOf(5);

  private final SharedEvents events = new SharedEvents(new EventEncoder(Form.SSE, "run"));

  /** A frame with this many connections, each opened. */
  private static Frame frameOf(int connections) {
    return FrameBuilder.frame(1, 100)
        .opened(
            LongStream.range(0, connections)
                .mapToObj(id -> tcp(id).build())
                .toArray(Connection[]::new))
        .build();
  }

  private static List<Buffer> pieces(Iterator<Buffer> pieces) {
    List<Buffer> all = new ArrayList<>();
    pieces.forEachRemaining(all::add);
    return all;
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void theNewestFramesBytesAreMadeOnceForAll(Form form) {
    SharedEvents events = new SharedEvents(new EventEncoder(form, "run"));

    Buffer first = events.frame(FULL, ALL).next();

    assertThat(events.frame(FULL, ALL).next()).isSameAs(first);
    assertThat(events.merged(FULL, 20, ALL).next()).isNotSameAs(first);
    assertThat(events.merged(FULL, 20, ALL).next()).isSameAs(events.merged(FULL, 20, ALL).next());
  }

  @Test
  void ofNineFramesTheOldestIsNotKept() {
    Frame frame = frameOf(250);
    Iterator<Buffer> slow = events.frame(frame, ALL);
    Buffer first = slow.next();
    Buffer second = events.frame(frame, ALL).next();
    assertThat(second).isSameAs(first);

    Iterator<Buffer> late = events.frame(frame, ALL);
    Frame newer = frame;
    for (int i = 0; i < 8; i++) {
      newer = FrameBuilder.after(newer).build();
      events.frame(newer, ALL);
    }

    assertThat(late.next()).isEqualTo(first).isNotSameAs(first);
    assertThat(pieces(slow)).hasSize(2);
    assertThat(pieces(events.frame(frame, ALL))).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "98, 1", "99, 1", "100, 2", "199, 2", "200, 3", "1000, 11"})
  void aPieceHoldsAHundredEvents(int connections, int pieces) {
    assertThat(pieces(events.frame(frameOf(connections), ALL))).hasSize(pieces);
  }

  @Test
  void afterTheLastPieceThereIsNone() {
    Iterator<Buffer> pieces = events.frame(frameOf(0), ALL);
    pieces.next();

    assertThat(pieces.hasNext()).isFalse();
    assertThatThrownBy(pieces::next).isInstanceOf(NoSuchElementException.class);
  }
}
