package dev.tcptop.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TcpStateTest {

  // include/net/tcp_states.h
  @ParameterizedTest
  @CsvSource({
    "1, ESTABLISHED",
    "2, SYN_SENT",
    "3, SYN_RECV",
    "4, FIN_WAIT1",
    "5, FIN_WAIT2",
    "6, TIME_WAIT",
    "7, CLOSE",
    "8, CLOSE_WAIT",
    "9, LAST_ACK",
    "10, LISTEN",
    "11, CLOSING"
  })
  void theKernelsNumberGivesTheKernelsName(int number, TcpState state) {
    assertThat(TcpState.of(number)).isEqualTo(state);
    assertThat(state.number()).isEqualTo(number);
  }

  @Test
  void theTableAboveIsWhole() {
    assertThat(TcpState.values()).hasSize(11);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 12, 255})
  void anyOtherNumberIsRefused(int number) {
    assertThatThrownBy(() -> TcpState.of(number))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(Integer.toString(number));
  }
}
