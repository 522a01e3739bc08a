package dev.tcptop.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.model.Connection;
import dev.tcptop.model.ConnectionBuilder;
import dev.tcptop.model.Losses;
import org.junit.jupiter.api.Test;

class FrameTest {
  private static final Connection ANY = ConnectionBuilder.tcp(1).build();

  @Test
  void theLastSequenceNumberIsTheTicks() {
    Frame frame =
        FrameBuilder.frame(1, 100)
            .shortLived(
                new Frame.ShortLived(ANY, ANY), new Frame.ShortLived(ANY, ANY)) // 100 to 103
            .opened(ANY) // 104
            .updated(ANY, ANY, ANY) // 105 to 107
            .quieted(ANY) // 108
            .closed(ANY, ANY) // 109, 110
            .build();

    assertThat(frame.lastSequence()).isEqualTo(111);
    assertThat(frame.events()).isEqualTo(12);
  }

  @Test
  void anEmptyFrameHasTheTickAlone() {
    assertThat(FrameBuilder.frame(1, 100).build().lastSequence()).isEqualTo(100);
  }

  @Test
  void aLossMakesItIncomplete() {
    assertThat(FrameBuilder.frame(1, 1).build().complete()).isTrue();
    assertThat(FrameBuilder.frame(1, 1).lost(new Losses(0, 0, 0, 1, 0)).build().complete())
        .isFalse();
  }
}
