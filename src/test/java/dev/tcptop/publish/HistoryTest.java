package dev.tcptop.publish;

import static dev.tcptop.model.ConnectionBuilder.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.model.CloseReason;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Phase;
import dev.tcptop.table.Changes;
import dev.tcptop.table.Frame;
import dev.tcptop.table.FrameBuilder;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HistoryTest {
  private static final int CLOSES = 4;
  private static final int EVENTS = 9;

  private final History history = new History(CLOSES, EVENTS);

  /** Its events: 1 open, 2 close of a short-lived connection, 3 update, 4 and 5 closes, 6 tick. */
  private final Frame first =
      FrameBuilder.frame(1, 1)
          .shortLived(new Frame.ShortLived(fresh(10), ended(10)))
          .updated(moved(11))
          .closed(ended(12), ended(13))
          .build();

  private Frame last = first;

  private static Connection fresh(long id) {
    return tcp(id).phase(Phase.NEW).build();
  }

  private static Connection moved(long id) {
    return tcp(id).build();
  }

  private static Connection ended(long id) {
    return tcp(id).closed(CloseReason.NORMAL).build();
  }

  private void add(FrameBuilder frame) {
    last = frame.build();
    history.add(last);
  }

  private FrameBuilder next() {
    return FrameBuilder.after(last);
  }

  private List<Long> closes(long after, long to) {
    List<Connection> closes = history.closes(after, to);
    return Objects.requireNonNull(closes).stream().map(Connection::id).toList();
  }

  @Test
  void atFirstThereIsNothing() {
    assertThat(history.newest()).isZero();
    assertThat(history.since(0)).isNull();
    assertThat(closes(0, 0)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 6, 10 12 13",
    "1, 6, 10 12 13",
    "2, 6, 12 13",
    "3, 6, 12 13",
    "4, 6, 13",
    "5, 6, ''",
    "6, 6, ''",
    "0, 4, 10 12",
    "0, 1, ''",
  })
  void theClosesBetweenTwoEventsAreTold(long after, long to, String ids) {
    history.add(first);

    assertThat(closes(after, to)).map(String::valueOf).isEqualTo(words(ids));
  }

  private static List<String> words(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split(" ", -1));
  }

  @Test
  void closesOfSeveralFramesAreInTheirOrder() {
    history.add(first);
    add(next().closed(ended(20)));

    assertThat(closes(2, history.newest())).containsExactly(12L, 13L, 20L);
    assertThat(closes(6, history.newest())).containsExactly(20L);
  }

  @Test
  void aCloseMoreThanTheLimitIsForgottenAndToldAsThat() {
    history.add(first);
    add(next().closed(ended(20), ended(21)));

    assertThat(history.reaches(1)).isFalse();
    assertThat(history.closes(1, history.newest())).isNull();
    assertThat(history.reaches(2)).isTrue();
    assertThat(closes(2, history.newest())).containsExactly(12L, 13L, 20L, 21L);
  }

  @Test
  void anEventThatHasNotHappenedIsNotReached() {
    history.add(first);

    assertThat(history.reaches(6)).isTrue();
    assertThat(history.reaches(7)).isFalse();
    assertThat(history.closes(7, 7)).isNull();
  }

  @Test
  void framesAreMergedFromWhereOneStopped() {
    history.add(first);
    add(next().updated(moved(30)));
    add(next().updated(moved(31)));

    Frame since = Objects.requireNonNull(history.since(first.lastSequence()));

    assertThat(Changes.of(since).updated()).containsExactly(moved(30), moved(31));
    assertThat(Changes.of(since).closed()).isEmpty();
    assertThat(since.lastSequence()).isEqualTo(last.lastSequence());
  }

  @Test
  void thatIsOneFrameForAllWhoAsk() {
    history.add(first);
    add(next().updated(moved(30)));
    Frame before = history.since(first.lastSequence());

    assertThat(history.since(first.lastSequence())).isSameAs(before);
    add(next().updated(moved(31)));
    assertThat(history.since(first.lastSequence())).isNotSameAs(before);
  }

  @Test
  void afterTheNewestEventNothingHasChanged() {
    history.add(first);

    assertThat(history.since(history.newest())).isNull();
  }

  @Test
  void framesBeyondTheLimitOfEventsAreForgotten() {
    history.add(first);
    add(next().updated(moved(30), moved(31)));
    assertThat(history.since(0)).isNotNull();

    add(next());

    assertThat(history.since(0)).isNull();
    assertThat(history.since(first.lastSequence())).isNotNull();
  }

  @Test
  void aFrameThatIsLargerThanTheLimitIsNotKept() {
    add(
        FrameBuilder.frame(1, 1)
            .updated(
                moved(1), moved(2), moved(3), moved(4), moved(5), moved(6), moved(7), moved(8),
                moved(9)));

    assertThat(history.since(0)).isNull();
    assertThat(history.newest()).isEqualTo(10);
  }
}
