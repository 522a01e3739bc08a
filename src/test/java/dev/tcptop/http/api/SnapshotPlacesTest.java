package dev.tcptop.http.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two places. */
class SnapshotPlacesTest {
  private long now;
  private final SnapshotPlaces places = new SnapshotPlaces(2, () -> now);
  private final List<String> cut = new ArrayList<>();

  private boolean take(String name) {
    return places.take(name, () -> cut.add(name));
  }

  @Test
  void aThirdOneIsRefusedAndAPlaceThatIsLeftIsTakenAgain() {
    assertThat(take("a")).isTrue();
    assertThat(take("b")).isTrue();
    assertThat(take("c")).isFalse();
    places.leave("a");
    assertThat(take("c")).isTrue();
    assertThat(cut).isEmpty();
  }

  @Test
  void whoHasHadItsTimeGivesWay() {
    take("a");
    now = 1;
    take("b");
    now = SnapshotPlaces.OWN_TIME.toNanos();
    assertThat(take("c")).isTrue();
    assertThat(cut).containsExactly("a");
    assertThat(take("d")).as("b has a nanosecond left").isFalse();
    places.leave("a");
    assertThat(take("e")).as("a had no place to leave").isFalse();
  }
}
