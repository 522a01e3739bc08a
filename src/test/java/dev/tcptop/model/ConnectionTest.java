package dev.tcptop.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConnectionTest {

  @Test
  void aClosedConnectionCanBeShownAsItBegan() {
    Connection closed = ConnectionBuilder.tcp(7).closed(CloseReason.RESET).build();

    Connection began = closed.asNew(TcpState.ESTABLISHED);

    assertThat(began.phase()).isEqualTo(Phase.NEW);
    assertThat(began.state()).isEqualTo(TcpState.ESTABLISHED);
    assertThat(began.closeReason()).isNull();
    assertThat(began.closedAt()).isNull();
    assertThat(began)
        .usingRecursiveComparison()
        .ignoringFields("phase", "state", "end")
        .isEqualTo(closed);
  }
}
