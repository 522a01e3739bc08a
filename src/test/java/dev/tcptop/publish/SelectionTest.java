package dev.tcptop.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.model.CloseReason;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Connection.Traffic;
import dev.tcptop.model.ConnectionBuilder;
import dev.tcptop.model.Losses;
import dev.tcptop.query.Filter;
import dev.tcptop.table.Changes;
import dev.tcptop.table.Frame;
import dev.tcptop.table.FrameBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a listener sees through {@code bytesIn > 1000}. */
class SelectionTest {
  private static final Connection QUIET = of(1, 5).build();
  private static final Connection LOUD = of(1, 5000).build();
  private static final Connection CLOSED = of(1, 5).closed(CloseReason.NORMAL).build();

  private final Selection selection = new Selection(Filter.parse("bytesIn > 1000"));
  private long number = 1;

  private static ConnectionBuilder of(long id, long bytesIn) {
    return ConnectionBuilder.tcp(id).traffic(new Traffic(bytesIn, 0, 0, 0, 0, 0));
  }

  private FrameBuilder frame() {
    return FrameBuilder.frame(number, 100 * number++);
  }

  private Frame opened(Connection connection) {
    return selection.next(frame().opened(connection).build());
  }

  private Frame updated(Connection connection) {
    return selection.next(frame().updated(connection).build());
  }

  private Frame quieted(Connection connection) {
    return selection.next(frame().quieted(connection).build());
  }

  private Frame closed(Connection connection) {
    return selection.next(frame().closed(connection).build());
  }

  @Test
  void withoutAFilterAFrameIsItself() {
    Frame frame = frame().opened(QUIET).build();

    assertThat(new Selection(Filter.ALL).next(frame)).isSameAs(frame);
  }

  @Test
  void whatIsNotLetThroughIsNotSeen() {
    selection.begin();
    assertThat(selection.isPresent(QUIET)).isFalse();
    assertThat(Changes.of(opened(QUIET)).opened()).isEmpty();
    assertThat(Changes.of(updated(QUIET)).updated()).isEmpty();
    assertThat(Changes.of(quieted(QUIET)).quieted()).isEmpty();
    assertThat(Changes.of(closed(CLOSED)).closed()).isEmpty();
  }

  @Test
  void whatIsLetThroughIsSeenAsItIs() {
    assertThat(Changes.of(opened(LOUD)).opened()).containsExactly(LOUD);
    assertThat(Changes.of(updated(LOUD)).updated()).containsExactly(LOUD);
    assertThat(Changes.of(quieted(LOUD)).quieted()).containsExactly(LOUD);
  }

  @Test
  void whatIsLetThroughLateIsOpenedThen() {
    assertThat(Changes.of(opened(QUIET)).opened()).isEmpty();

    Frame frame = updated(LOUD);

    assertThat(Changes.of(frame).opened()).containsExactly(LOUD);
    assertThat(Changes.of(frame).updated()).isEmpty();
  }

  @Test
  void whatIsLetThroughAsItSettlesIsOpenedThen() {
    Frame frame = quieted(LOUD);

    assertThat(Changes.of(frame).opened()).containsExactly(LOUD);
    assertThat(Changes.of(frame).quieted()).isEmpty();
  }

  @Test
  void whatWasSeenIsSeenToItsClose() {
    opened(LOUD);

    assertThat(Changes.of(updated(QUIET)).updated()).containsExactly(QUIET);
    assertThat(Changes.of(quieted(QUIET)).quieted()).containsExactly(QUIET);
    assertThat(Changes.of(closed(CLOSED)).closed()).containsExactly(CLOSED);
  }

  @Test
  void whatWasThereAtTheBeginningIsSeenToItsClose() {
    selection.begin();
    assertThat(selection.isPresent(LOUD)).isTrue();

    assertThat(Changes.of(closed(CLOSED)).closed()).containsExactly(CLOSED);
  }

  @Test
  void whatIsLetThroughAtItsCloseIsSeenThen() {
    Connection closed = of(1, 5000).closed(CloseReason.NORMAL).build();

    assertThat(Changes.of(closed(closed)).closed()).containsExactly(closed);
  }

  @Test
  void aBeginningForgetsWhatWasSeen() {
    opened(LOUD);
    selection.begin(List.of());

    assertThat(Changes.of(updated(QUIET)).updated()).isEmpty();
  }

  @Test
  void aBriefOneIsSeenWithBothItsEvents() {
    Frame.ShortLived atItsClose =
        new Frame.ShortLived(QUIET, of(1, 5000).closed(CloseReason.RESET).build());
    Frame.ShortLived atItsOpen = new Frame.ShortLived(LOUD, CLOSED);
    Frame.ShortLived never = new Frame.ShortLived(QUIET, CLOSED);

    assertThat(
            Changes.of(selection.next(frame().shortLived(atItsClose, atItsOpen, never).build()))
                .shortLived())
        .containsExactly(atItsClose, atItsOpen);
  }

  @Test
  void theTickIsThatOfAll() {
    Frame frame =
        frame()
            .total(7)
            .shortLived(new Frame.ShortLived(QUIET, CLOSED))
            .opened(of(2, 5000).build(), of(3, 5).build())
            .closed(of(4, 5).closed(CloseReason.RESET).build())
            .lost(new Losses(1, 0, 0, 0, 0))
            .build();

    Frame selected = selection.next(frame);

    assertThat(selected.events()).isEqualTo(2);
    assertThat(selected.lastSequence()).isEqualTo(frame.lastSequence());
    assertThat(selected.number()).isEqualTo(frame.number());
    assertThat(selected.time()).isEqualTo(frame.time());
    assertThat(selected.total()).isEqualTo(7);
    assertThat(selected.lost()).isEqualTo(frame.lost());
  }
}
