package dev.tcptop.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:7070, 127.0.0.1, 7070",
    "0.0.0.0:0, 0.0.0.0, 0",
    "localhost:65535, localhost, 65535",
    "localhost:0000000000080, localhost, 80",
    "[::1]:1, ::1, 1",
    "[::]:8080, ::, 8080",
    "[fe80::1%eth0]:80, fe80::1%eth0, 80",
    "' host.example:80 ', host.example, 80"
  })
  void anAddressIsAHostAndAPort(String text, String host, int port) {
    assertThat(Listen.parse(text)).isEqualTo(new Listen(host, port));
  }

  @ParameterizedTest
  @ValueSource(strings = {"::1:7070", "::1", "fe80::1:80", "[::1:80", "::1]:80"})
  void anIpv6AddressWithoutBracketsIsRefused(String text) {
    assertRefused(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":", "7070", ":7070", "[]:7070", "[localhost]:7070", "[::1]7070"})
  void anAddressWithoutAHostIsRefused(String text) {
    assertRefused(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-1", "65536", "http", " 80", "8 0", "80/", "+80", "-0", "٨٠", "99999999999"})
  void textThatIsNoPortIsRefused(String port) {
    assertRefused("localhost:" + port);
  }

  private static void assertRefused(String text) {
    assertThatThrownBy(() -> Listen.parse(text))
        .isInstanceOf(BadValueException.class)
        .hasMessage("takes HOST:PORT, such as 127.0.0.1:7070 or [::1]:7070, not '" + text + "'");
  }

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
  void itsTextIsReadAsTheSameAddress(String host, int port, String text) {
    Listen listen = new Listen(host, port);
    assertThat(listen).hasToString(text);
    assertThat(Listen.parse(text)).isEqualTo(listen);
  }
}
