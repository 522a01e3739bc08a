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

class ReplayTest {
  private static final int CLOSES = 4;
  private static final int EVENTS = 9;

  private final Replay replay = new Replay(CLOSES, EVENTS);

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
    replay.add(last);
  }

  private FrameBuilder next() {
    return FrameBuilder.after(last);
  }

  private List<Long> closes(long after, long to) {
    List<Connection> closes = replay.closes(after, to);
    return Objects.requireNonNull(closes).stream().map(Connection::id).toList();
  }

  @Test
  void atFirstThereIsNothing() {
    assertThat(replay.newest()).isZero();
    assertThat(replay.since(0)).isNull();
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
    replay.add(first);

    assertThat(closes(after, to)).map(String::valueOf).isEqualTo(words(ids));
  }

  private static List<String> words(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split(" ", -1));
  }

  @Test
  void closesOfSeveralFramesAreInTheirOrder() {
    replay.add(first);
    add(next().closed(ended(20)));

    assertThat(closes(2, replay.newest())).containsExactly(12L, 13L, 20L);
    assertThat(closes(6, replay.newest())).containsExactly(20L);
  }

  @Test
  void aCloseMoreThanTheLimitIsForgottenAndToldAsThat() {
    replay.add(first);
    add(next().closed(ended(20), ended(21)));

    assertThat(replay.reaches(1)).isFalse();
    assertThat(replay.closes(1, replay.newest())).isNull();
    assertThat(replay.reaches(2)).isTrue();
    assertThat(closes(2, replay.newest())).containsExactly(12L, 13L, 20L, 21L);
  }

  @Test
  void anEventThatHasNotHappenedIsNotReached() {
    replay.add(first);

    assertThat(replay.reaches(6)).isTrue();
    assertThat(replay.reaches(7)).isFalse();
    assertThat(replay.closes(7, 7)).isNull();
  }

  @Test
  void framesAreMergedFromWhereOneStopped() {
    replay.add(first);
    add(next().updated(moved(30)));
    add(next().updated(moved(31)));

    Frame since = Objects.requireNonNull(replay.since(first.lastSequence()));

    assertThat(Changes.of(since).updated()).containsExactly(moved(30), moved(31));
    assertThat(Changes.of(since).closed()).isEmpty();
    assertThat(since.lastSequence()).isEqualTo(last.lastSequence());
  }

  @Test
  void thatIsOneFrameForAllWhoAsk() {
    replay.add(first);
    add(next().updated(moved(30)));
    Frame before = replay.since(first.lastSequence());

    assertThat(replay.since(first.lastSequence())).isSameAs(before);
    add(next().updated(moved(31)));
    assertThat(replay.since(first.lastSequence())).isNotSameAs(before);
  }

  @Test
  void afterTheNewestEventNothingHasChanged() {
    replay.add(first);

    assertThat(replay.since(replay.newest())).isNull();
  }

  @Test
  void framesBeyondTheLimitOfEventsAreForgotten() {
    replay.add(first);
    add(next().updated(moved(30), moved(31)));
    assertThat(replay.since(0)).isNotNull();

    add(next());

    assertThat(replay.since(0)).isNull();
    assertThat(replay.since(first.lastSequence())).isNotNull();
  }

  @Test
  void aFrameThatIsLargerThanTheLimitIsNotKept() {
    add(
        FrameBuilder.frame(1, 1)
            .updated(
                moved(1), moved(2), moved(3), moved(4), moved(5), moved(6), moved(7), moved(8),
                moved(9)));

    assertThat(replay.since(0)).isNull();
    assertThat(replay.newest()).isEqualTo(10);
  }
}
