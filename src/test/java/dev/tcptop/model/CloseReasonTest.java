package dev.tcptop.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CloseReasonTest {

  @ParameterizedTest
  @CsvSource({
    "ESTABLISHED, RESET",
    "SYN_RECV, RESET",
    "CLOSE_WAIT, RESET",
    "SYN_SENT, NORMAL",
    "FIN_WAIT1, NORMAL",
    "FIN_WAIT2, NORMAL",
    "TIME_WAIT, NORMAL",
    "LAST_ACK, NORMAL",
    "CLOSING, NORMAL"
  })
  void withoutAnErrorTheLastStateTellsAnAbort(TcpState last, CloseReason reason) {
    assertThat(CloseReason.of(0, last)).isEqualTo(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "32, RESET", // EPIPE
    "78, CHECKPOINT", // EREMCHG, which stands for TCP_REPAIR
    "92, RESET", // ENOPROTOOPT
    "100, UNREACHABLE", // ENETDOWN
    "101, UNREACHABLE", // ENETUNREACH
    "103, RESET", // ECONNABORTED
    "104, RESET", // ECONNRESET
    "110, TIMEOUT", // ETIMEDOUT
    "111, REFUSED", // ECONNREFUSED
    "112, UNREACHABLE", // EHOSTDOWN
    "113, UNREACHABLE" // EHOSTUNREACH
  })
  void anErrorTellsTheReason(int errno, CloseReason reason) {
    assertThat(CloseReason.of(errno, TcpState.SYN_SENT)).isEqualTo(reason);
  }

  @ParameterizedTest
  @EnumSource(TcpState.class)
  void anErrorCountsInEveryState(TcpState last) {
    assertThat(CloseReason.of(110, last)).isEqualTo(CloseReason.TIMEOUT);
  }
}
