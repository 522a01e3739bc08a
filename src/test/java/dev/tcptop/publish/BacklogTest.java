package dev.tcptop.publish;

import static dev.tcptop.model.ConnectionBuilder.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.model.CloseReason;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Connection.Traffic;
import dev.tcptop.model.Losses;
import dev.tcptop.model.Phase;
import dev.tcptop.table.Changes;
import dev.tcptop.table.Frame;
import dev.tcptop.table.FrameBuilder;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class BacklogTest {
  private static final int CLOSED_LIMIT = 3;

  private final Backlog backlog = new Backlog(CLOSED_LIMIT);
  private Frame last = FrameBuilder.frame(9, 100).build();

  /** Adds the frame that follows the one before. */
  private void add(FrameBuilder frame) {
    last = frame.build();
    backlog.add(last);
  }

  private FrameBuilder next() {
    return FrameBuilder.after(last);
  }

  private Frame take() {
    return Objects.requireNonNull(backlog.take());
  }

  private static Connection fresh(long id) {
    return tcp(id).phase(Phase.NEW).build();
  }

  private static Connection moved(long id, long bytesIn) {
    return tcp(id).traffic(new Traffic(bytesIn, 0, 1, 0, bytesIn, 0)).build();
  }

  private static Connection idle(long id, long bytesIn) {
    return tcp(id).traffic(new Traffic(bytesIn, 0, 1, 0, 0, 0)).build();
  }

  private static Connection ended(long id) {
    return tcp(id).closed(CloseReason.NORMAL).build();
  }

  private static Frame.ShortLived shortLived(long id) {
    return new Frame.ShortLived(fresh(id), ended(id));
  }

  @Test
  void aNewBacklogIsEmpty() {
    assertThat(backlog.isEmpty()).isTrue();
    assertThat(backlog.missed()).isZero();
    assertThat(backlog.take()).isNull();
  }

  @Test
  void aFrameWithoutConnectionsIsKeptForItsTick() {
    add(next().total(5));

    assertThat(backlog.isEmpty()).isFalse();
    assertThat(take().total()).isEqualTo(5);
  }

  @Test
  void oneFrameComesBackAsItWas() {
    add(
        next()
            .total(6)
            .shortLived(shortLived(1))
            .opened(fresh(2))
            .updated(moved(3, 30))
            .quieted(idle(4, 40))
            .closed(ended(5))
            .lost(new Losses(1, 0, 0, 0, 0)));

    assertThat(take()).usingRecursiveComparison().isEqualTo(last);
  }

  @Test
  void ofSeveralUpdatesTheLastCounts() {
    add(next().updated(moved(1, 10)));
    add(next().updated(moved(1, 20)));
    add(next().updated(moved(1, 30)));

    assertThat(Changes.of(take()).updated()).containsExactly(moved(1, 30));
  }

  @Test
  void whatOpenedStaysOpenedWithItsLastFigures() {
    add(next().opened(fresh(1)));
    add(next().updated(moved(1, 10)));
    add(next().quieted(idle(1, 10)));

    Frame merged = take();

    assertThat(Changes.of(merged).opened()).containsExactly(idle(1, 10));
    assertThat(Changes.of(merged).updated()).isEmpty();
    assertThat(Changes.of(merged).quieted()).isEmpty();
  }

  @Test
  void whatChangedStaysChangedWhenItSettles() {
    add(next().updated(moved(1, 10)));
    add(next().quieted(idle(1, 10)));

    Frame merged = take();

    assertThat(Changes.of(merged).updated()).containsExactly(idle(1, 10));
    assertThat(Changes.of(merged).quieted()).isEmpty();
  }

  @Test
  void whatSettledAndThenMovedHasChanged() {
    add(next().quieted(idle(1, 10)));
    add(next().updated(moved(1, 20)));

    Frame merged = take();

    assertThat(Changes.of(merged).updated()).containsExactly(moved(1, 20));
    assertThat(Changes.of(merged).quieted()).isEmpty();
  }

  @Test
  void whatSettledOnlyIsSettled() {
    add(next().quieted(idle(1, 10)));
    add(next());

    assertThat(Changes.of(take()).quieted()).containsExactly(idle(1, 10));
  }

  @Test
  void whatOpenedAndClosedIsShortLived() {
    add(next().opened(fresh(1)));
    add(next().closed(ended(1)));

    Frame merged = take();

    assertThat(Changes.of(merged).shortLived()).containsExactly(shortLived(1));
    assertThat(Changes.of(merged).opened()).isEmpty();
    assertThat(Changes.of(merged).closed()).isEmpty();
  }

  @Test
  void whatChangedAndClosedIsClosed() {
    add(next().updated(moved(1, 10)).quieted(idle(2, 10)));
    add(next().closed(ended(1), ended(2), ended(3)));

    Frame merged = take();

    assertThat(Changes.of(merged).closed()).containsExactly(ended(1), ended(2), ended(3));
    assertThat(Changes.of(merged).updated()).isEmpty();
    assertThat(Changes.of(merged).quieted()).isEmpty();
    assertThat(Changes.of(merged).shortLived()).isEmpty();
  }

  @Test
  void whatWasBriefStaysBrief() {
    add(next().shortLived(shortLived(1)));
    add(next().shortLived(shortLived(2)));

    assertThat(Changes.of(take()).shortLived()).containsExactly(shortLived(1), shortLived(2));
  }

  @Test
  void theNewestFrameGivesNumberTimeAndTotal() {
    add(next().total(5));
    add(next().total(8));

    Frame merged = take();

    assertThat(merged.number()).isEqualTo(last.number());
    assertThat(merged.time()).isEqualTo(last.time());
    assertThat(merged.total()).isEqualTo(8);
  }

  @Test
  void theMergedEventsEndOnTheNewestFramesSequenceNumber() {
    add(next().opened(fresh(1), fresh(2)).updated(moved(3, 10)));
    add(next().updated(moved(1, 20), moved(3, 30)).quieted(idle(2, 0)).closed(ended(4)));

    Frame merged = take();

    assertThat(merged.lastSequence()).isEqualTo(last.lastSequence());
  }

  @Test
  void lossesAddUp() {
    add(next().lost(new Losses(1, 2, 0, 0, 0)));
    add(next().lost(new Losses(10, 0, 3, 0, 0)));

    assertThat(take().lost()).isEqualTo(new Losses(11, 2, 3, 0, 0));
  }

  @Test
  void closedOnesAreKeptUpToTheLimit() {
    add(next().closed(ended(1)));
    add(next().shortLived(shortLived(2)).closed(ended(3)));

    assertThat(backlog.missed()).isZero();
    Frame merged = take();
    assertThat(Changes.of(merged).closed()).containsExactly(ended(1), ended(3));
    assertThat(Changes.of(merged).shortLived()).containsExactly(shortLived(2));
  }

  @Test
  void oneClosedMoreThanTheLimitGivesUpAll() {
    add(next().opened(fresh(1)).updated(moved(2, 10)).closed(ended(3)));
    add(next().shortLived(shortLived(4), shortLived(5)).closed(ended(6)));

    assertThat(backlog.missed())
        .as("an event each, and two of a short-lived connection")
        .isEqualTo(8);
    Frame merged = take();
    assertThat(Changes.of(merged).shortLived()).isEmpty();
    assertThat(Changes.of(merged).opened()).isEmpty();
    assertThat(Changes.of(merged).updated()).isEmpty();
    assertThat(Changes.of(merged).quieted()).isEmpty();
    assertThat(Changes.of(merged).closed()).isEmpty();
  }

  @Test
  void whatMergedIntoABriefOneCountsTowardsTheLimit() {
    add(next().opened(fresh(1), fresh(2), fresh(3), fresh(4)));
    add(next().closed(ended(1), ended(2), ended(3), ended(4)));

    assertThat(backlog.missed()).isEqualTo(8);
  }

  @Test
  void pastTheLimitEventsAreOnlyCounted() {
    add(next().closed(ended(1), ended(2), ended(3), ended(4)));
    add(next().shortLived(shortLived(5)).opened(fresh(6)).updated(moved(7, 1)).quieted(idle(8, 1)));
    add(next());

    assertThat(backlog.missed()).isEqualTo(4 + 5);
    assertThat(Changes.of(take()).opened()).isEmpty();
  }

  @Test
  void openConnectionsHaveNoLimit() {
    add(next().opened(fresh(1), fresh(2), fresh(3), fresh(4), fresh(5)));

    assertThat(backlog.missed()).isZero();
    assertThat(Changes.of(take()).opened()).hasSize(5);
  }

  @Test
  void takingEmptiesIt() {
    add(
        next()
            .shortLived(shortLived(1))
            .opened(fresh(2))
            .updated(moved(3, 1))
            .closed(ended(4))
            .lost(new Losses(1, 1, 1, 1, 1)));
    take();

    assertThat(backlog.isEmpty()).isTrue();
    assertThat(backlog.take()).isNull();

    add(next());
    assertThat(take()).usingRecursiveComparison().isEqualTo(last);
  }

  @Test
  void takingForgetsWhatWasMissed() {
    add(next().closed(ended(1), ended(2), ended(3), ended(4)));
    take();

    assertThat(backlog.missed()).isZero();
    add(next().closed(ended(5)));
    assertThat(Changes.of(take()).closed()).containsExactly(ended(5));
  }
}
