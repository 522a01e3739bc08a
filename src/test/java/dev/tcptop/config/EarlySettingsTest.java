package dev.tcptop.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EarlySettingsTest {
  @AfterEach
  void clear() {
    System.clearProperty("tcptop.listen");
    System.clearProperty("tcptop.debug");
  }

  @Test
  void withoutSettingsTheDefaultsHold() {
    assertThat(EarlySettings.listen()).hasToString(Defaults.LISTEN);
    assertThat(EarlySettings.debug()).isFalse();
  }

  @Test
  void aSystemPropertyIsASetting() {
    System.setProperty("tcptop.listen", "[::1]:80");
    System.setProperty("tcptop.debug", "true");

    assertThat(EarlySettings.listen()).isEqualTo(new Listen("::1", 80));
    assertThat(EarlySettings.debug()).isTrue();
  }

  @Test
  void aBadSettingIsRefusedByTheNameOfItsOption() {
    System.setProperty("tcptop.listen", "junk");
    System.setProperty("tcptop.debug", "maybe");

    assertThatThrownBy(EarlySettings::listen)
        .isInstanceOf(BadSettingException.class)
        .hasMessageStartingWith("--listen takes HOST:PORT")
        .hasMessageEndingWith("not 'junk'");
    assertThatThrownBy(EarlySettings::debug)
        .isInstanceOf(BadSettingException.class)
        .hasMessage("--debug takes true or false, not 'maybe'");
  }
}
