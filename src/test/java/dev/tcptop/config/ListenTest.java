package dev.tcptop.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.config.TcptopConfig.Listen;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenTest {

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "::1", "127.0.0.1", "127.0.0.53", "127.255.255.254"})
  void onlyThisMachineReachesLoopback(String host) {
    assertThat(new Listen(host, 7070).isLoopback()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "::",
        "10.0.0.1",
        "128.0.0.1",
        "12.7.0.0",
        "1.127.0.0.1",
        "127.0.0.1.example",
        "127a0b0c1",
        "localhost.example",
        "2001:db8::1",
        "::10",
        "fe80::1"
      })
  void othersReachAnyOtherAddress(String host) {
    assertThat(new Listen(host, 7070).isLoopback()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1, 7070, 127.0.0.1:7070", "localhost, 0, localhost:0", "::1, 1, [::1]:1"})
  void itsTextIsWhatTheOptionTakes(String host, int port, String text) {
    Listen listen = new Listen(host, port);
    assertThat(listen).hasToString(text);
    assertThat(Settings.listen("listen", text)).isEqualTo(listen);
  }
}
