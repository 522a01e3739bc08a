package dev.tcptop.http.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.collect.Observation;
import dev.tcptop.collect.Observation.Accepts;
import dev.tcptop.http.api.StatusResource.Udp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusTest {
  @ParameterizedTest
  @CsvSource({"FENTRY, fentry", "CGROUP_SKB, cgroup_skb"})
  void theWayThatUdpIsObservedHasItsWord(Observation.Udp udp, String way) {
    assertThat(Udp.of(new Observation("6.1.0", udp, null, Accepts.FEXIT)))
        .isEqualTo(new Udp(true, way, null));
  }

  @Test
  void udpThatIsNotObservedHasItsReason() {
    assertThat(Udp.of(new Observation("6.1.0", null, "it is switched off", Accepts.FEXIT)))
        .isEqualTo(new Udp(false, null, "it is switched off"));
  }

  @ParameterizedTest
  @CsvSource({"FEXIT, fexit", "CLOSE_OR_FILE_DESCRIPTOR, close or file descriptor"})
  void howAcceptsAreObservedHasItsWords(Accepts accepts, String words) {
    assertThat(StatusResource.accepts(accepts)).isEqualTo(words);
  }
}
