package dev.tcptop.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.collect.ScriptedCollector;
import dev.tcptop.collect.ScriptedReading;
import dev.tcptop.model.Losses;
import org.junit.jupiter.api.Test;

/** What the clients that ask for snapshots are told. */
class SnapshotTest {
  private static final Losses LOST = new Losses(576, 0, 3, 0, 0);

  private final ScriptedCollector collector = new ScriptedCollector();
  private final StagedFeed feed = new StagedFeed(collector);

  private Snapshot ask() {
    return feed.feed().snapshot().await().indefinitely();
  }

  @Test
  void clientsThatAskInTurnAreToldTheSame() {
    collector.report(ScriptedReading.tcp(1));
    collector.lose(LOST);
    feed.tick();

    Snapshot first = ask();
    assertThat(first.lost()).isEqualTo(LOST);
    assertThat(first.frame().complete()).isFalse();
    assertThat(ask()).isEqualTo(first);
  }

  @Test
  void aLossIsToldSinceTheStartAndMakesOneTickIncomplete() {
    collector.lose(LOST);
    feed.tick();
    feed.tick();

    Snapshot later = ask();
    assertThat(later.lost()).isEqualTo(LOST);
    assertThat(later.frame().complete()).isTrue();
  }

  @Test
  void beforeTheFirstTickThereIsNothing() {
    Snapshot snapshot = ask();
    assertThat(snapshot.connections()).isEmpty();
    assertThat(snapshot.lost()).isEqualTo(Losses.NONE);
    assertThat(snapshot.frame().complete()).isTrue();
  }
}
