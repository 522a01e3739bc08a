package dev.tcptop.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LossesTest {

  @Test
  void nothingLostIsNone() {
    assertThat(Losses.NONE.none()).isTrue();
    assertThat(Losses.NONE.hidesCloses()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, 0, 0, 0, true",
    "0, 1, 0, 0, 0, false",
    "0, 0, 1, 0, 0, false",
    "0, 0, 0, 1, 0, false",
    "0, 0, 0, 0, 1, true"
  })
  void eachCauseIsALossAndSomeHideCloses(
      long closes, long sockets, long flows, long datagrams, long events, boolean hides) {
    Losses losses = new Losses(closes, sockets, flows, datagrams, events);
    assertThat(losses.none()).isFalse();
    assertThat(losses.hidesCloses()).isEqualTo(hides);
  }

  @Test
  void differencesAreTakenCauseByCause() {
    assertThat(new Losses(11, 22, 33, 44, 55).since(new Losses(1, 2, 3, 4, 5)))
        .isEqualTo(new Losses(10, 20, 30, 40, 50));
  }

  @Test
  void sumsAreTakenCauseByCause() {
    assertThat(new Losses(1, 2, 3, 4, 5).plus(new Losses(10, 20, 30, 40, 50)))
        .isEqualTo(new Losses(11, 22, 33, 44, 55));
  }
}
