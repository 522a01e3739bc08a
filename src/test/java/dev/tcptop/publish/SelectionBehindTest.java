package dev.tcptop.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.model.CloseReason;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Connection.Traffic;
import dev.tcptop.model.ConnectionBuilder;
import dev.tcptop.query.Filter;
import dev.tcptop.table.Changes;
import dev.tcptop.table.Frame;
import dev.tcptop.table.FrameBuilder;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a listener that is behind sees of merged frames through {@code bytesIn > 1000}. */
class SelectionBehindTest {
  private static final Connection QUIET = of(5).build();
  private static final Connection LOUD = of(5000).build();
  private static final Connection CLOSED = of(5).closed(CloseReason.NORMAL).build();
  private static final Connection LOUDLY_CLOSED = of(5000).closed(CloseReason.NORMAL).build();

  private final Selection selection = new Selection(Filter.parse("bytesIn > 1000"));
  private final Replay replay = new Replay(10, 100);
  private Frame last = Frame.NONE;

  private static ConnectionBuilder of(long bytesIn) {
    return ConnectionBuilder.tcp(1).traffic(new Traffic(bytesIn, 0, 0, 0, 0, 0));
  }

  private FrameBuilder frame() {
    return FrameBuilder.after(last);
  }

  private void happens(FrameBuilder frame) {
    last = frame.build();
    replay.add(last);
  }

  private Frame seen() {
    return selection.next(Objects.requireNonNull(replay.since(0)));
  }

  @Test
  void whatBeganToMatchIsOpened() {
    happens(frame().updated(QUIET));
    happens(frame().updated(LOUD));

    assertThat(Changes.of(seen()).opened()).containsExactly(LOUD);
  }

  @Test
  void whatBeganToMatchAndCeasedToWasNotSeen() {
    happens(frame().updated(LOUD));
    happens(frame().updated(QUIET));

    assertThat(seen().events()).isEqualTo(1);
    happens(frame().closed(CLOSED));
    assertThat(Changes.of(selection.next(last)).closed()).isEmpty();
  }

  @Test
  void whatWasSeenBeforeIsSeenOn() {
    selection.begin(List.of(LOUD));
    happens(frame().updated(QUIET));
    happens(frame().quieted(QUIET));

    assertThat(Changes.of(seen()).updated()).containsExactly(QUIET);
  }

  @Test
  void whatWasSeenBeforeIsSeenToItsClose() {
    selection.begin(List.of(LOUD));
    happens(frame().updated(QUIET));
    happens(frame().closed(CLOSED));

    assertThat(Changes.of(seen()).closed()).containsExactly(CLOSED);
  }

  @Test
  void whatOpenedAndClosedIsShortLivedWhereEitherMatches() {
    happens(frame().opened(QUIET));
    happens(frame().updated(LOUD));
    happens(frame().closed(CLOSED));

    assertThat(Changes.of(seen()).shortLived()).containsExactly(new Frame.ShortLived(LOUD, CLOSED));
  }

  @Test
  void whatMatchesAsItClosesIsACloseAlone() {
    happens(frame().updated(QUIET));
    happens(frame().closed(LOUDLY_CLOSED));

    assertThat(Changes.of(seen()).closed()).containsExactly(LOUDLY_CLOSED);
    assertThat(Changes.of(seen()).opened()).isEmpty();
  }

  @Test
  void itsTickIsTheLastOne() {
    happens(frame().updated(LOUD));
    happens(frame().closed(CLOSED).total(7));

    Frame seen = seen();

    assertThat(seen.lastSequence()).isEqualTo(last.lastSequence());
    assertThat(seen.number()).isEqualTo(last.number());
    assertThat(seen.total()).isEqualTo(7);
  }
}
