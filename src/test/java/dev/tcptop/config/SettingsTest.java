package dev.tcptop.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tcptop.config.Settings.BadSettingException;
import dev.tcptop.config.TcptopConfig.Bytes;
import dev.tcptop.config.TcptopConfig.Color;
import dev.tcptop.config.TcptopConfig.Listen;
import dev.tcptop.config.TcptopConfig.UdpWay;
import java.time.Duration;
import java.util.Locale;
import org.eclipse.microprofile.config.spi.Converter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

  @ParameterizedTest
  @CsvSource({
    "100ms, 100",
    "101ms, 101",
    "500ms, 500",
    "1s, 1000",
    "5m, 300000",
    "60m, 3600000",
    "3600s, 3600000",
    "3600000ms, 3600000",
    "1h, 3600000",
    "' 2s ', 2000"
  })
  void aDurationHasAUnit(String text, long millis) {
    assertThat(Settings.duration("interval", text)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0ms", "99ms", "0s", "0h", "3600001ms", "3601s", "61m", "2h"})
  void aDurationOutOfBoundsIsRefused(String text) {
    assertThatThrownBy(() -> Settings.duration("interval", text))
        .isInstanceOf(BadSettingException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "1",
        "1000",
        "s",
        "ms",
        "1.5s",
        "-1s",
        "+1s",
        "1 s",
        "1S",
        "1sec",
        "1us",
        "1d",
        "PT1S",
        "1s 1s",
        "1m30s",
        "0x10s",
        "٣s",
        "1000000000ms",
        "99999999999999999999s"
      })
  void aDurationThatIsNoneIsRefused(String text) {
    assertThatThrownBy(() -> Settings.duration("interval", text))
        .isInstanceOf(BadSettingException.class);
  }

  @ParameterizedTest
  @CsvSource({"human, HUMAN", "raw, RAW", "both, BOTH", "Human, HUMAN", "' RAW ', RAW"})
  void aWordIsReadInAnyCase(String text, Bytes expected) {
    assertThat(Settings.word("bytes", Bytes.class, text)).isEqualTo(expected);
  }

  @Test
  void aWordIsReadTheSameInEveryLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("tr")); // whose upper case i has a dot
      assertThat(Settings.word("color", Letters.class, "title")).isEqualTo(Letters.TITLE);
      assertThatThrownBy(() -> Settings.word("color", Letters.class, "x"))
          .hasMessageContaining("one of title");
    } finally {
      Locale.setDefault(before);
    }
  }

  private enum Letters {
    TITLE
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "humans", "hum", "0", "human,raw"})
  void anyOtherWordIsRefused(String text) {
    assertThatThrownBy(() -> Settings.word("bytes", Bytes.class, text))
        .isInstanceOf(BadSettingException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:7070, 127.0.0.1, 7070",
    "0.0.0.0:0, 0.0.0.0, 0",
    "localhost:65535, localhost, 65535",
    "[::1]:1, ::1, 1",
    "[::]:8080, ::, 8080",
    "[fe80::1%eth0]:80, fe80::1%eth0, 80",
    "' host.example:80 ', host.example, 80"
  })
  void aListenAddressIsAHostAndAPort(String text, String host, int port) {
    assertThat(Settings.listen("listen", text)).isEqualTo(new Listen(host, port));
  }

  @ParameterizedTest
  @ValueSource(strings = {"::1:7070", "::1", "fe80::1:80", "[::1:80", "::1]:80"})
  void anIpv6AddressWithoutBracketsIsRefused(String text) {
    assertThatThrownBy(() -> Settings.listen("listen", text))
        .isInstanceOf(BadSettingException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":", "7070", ":7070", "[]:7070", "[localhost]:7070", "[::1]7070"})
  void aListenAddressWithoutAHostIsRefused(String text) {
    assertThatThrownBy(() -> Settings.listen("listen", text))
        .isInstanceOf(BadSettingException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-1", "65536", "http", " 80", "8 0", "80/", "+80", "-0", "٨٠", "99999999999"})
  void aPortThatIsNoneIsRefused(String port) {
    assertThatThrownBy(() -> Settings.listen("listen", "localhost:" + port))
        .isInstanceOf(BadSettingException.class);
  }

  static Arguments[] refusals() {
    return new Arguments[] {
      Arguments.of(
          new Settings.IntervalConverter(),
          "--interval takes a duration from 100ms to 1h, such as 500ms, 2s or 5m, not 'junk'"),
      Arguments.of(
          new Settings.UdpIdleConverter(),
          "--udp-idle takes a duration from 100ms to 1h, such as 500ms, 2s or 5m, not 'junk'"),
      Arguments.of(
          new Settings.BytesConverter(), "--bytes takes one of human, raw, both, not 'junk'"),
      Arguments.of(
          new Settings.ColorConverter(), "--color takes one of auto, always, never, not 'junk'"),
      Arguments.of(
          new Settings.ListenConverter(),
          "--listen takes HOST:PORT, such as 127.0.0.1:7070 or [::1]:7070, not 'junk'"),
      Arguments.of(
          new Settings.RingBytesConverter(),
          "tcptop.kernel.ring-bytes takes a number from 4096 to 1073741824, not 'junk'"),
      Arguments.of(
          new Settings.SampleRecordsConverter(),
          "tcptop.kernel.sample-records takes a number from 1 to 4194304, not 'junk'"),
      Arguments.of(
          new Settings.FlowsConverter(),
          "tcptop.kernel.flows takes a number from 1 to 4194304, not 'junk'"),
      Arguments.of(
          new Settings.MaxSubscribersConverter(),
          "tcptop.max-subscribers takes a number from 1 to 100000, not 'junk'"),
      Arguments.of(
          new Settings.UdpWayConverter(),
          "tcptop.kernel.udp takes one of off, cgroup_skb, fentry, auto, not 'junk'"),
      Arguments.of(
          new Settings.TopProcessesConverter(),
          "tcptop.metrics.top-processes takes a number from 0 to 1000, not 'junk'")
    };
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void aRefusalNamesTheOptionAndWhatItTakes(Converter<?> converter, String message) {
    assertThatThrownBy(() -> converter.convert("junk"))
        .isInstanceOf(BadSettingException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "0", "1.5", "1e3", "0x10", "٣", "4194305", "99999999999"})
  void aNumberThatIsNoneOrOutOfBoundsIsRefused(String text) {
    assertThatThrownBy(() -> new Settings.FlowsConverter().convert(text))
        .isInstanceOf(BadSettingException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"4095", "4097", "12288", "2147483648"})
  void aRingThatIsNoPowerOfTwoIsRefused(String text) {
    assertThatThrownBy(() -> new Settings.RingBytesConverter().convert(text))
        .isInstanceOf(BadSettingException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcptop", "TCPTOP.Example", " a.b-c.svc ", "node_1"})
  void aNameOfAHostIsReadInLowerCase(String text) {
    assertThat(new Settings.HostConverter().convert(text))
        .isEqualTo(text.strip().toLowerCase(Locale.ROOT));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "*", "*.example", "host:80", "http://host", "host/", "host.", "-a"})
  void aNameThatNoHostHasIsRefused(String text) {
    assertThatThrownBy(() -> new Settings.HostConverter().convert(text))
        .isInstanceOf(BadSettingException.class)
        .hasMessage(
            "tcptop.hosts takes names of hosts without a port, such as tcptop.example, not '"
                + text
                + "'");
  }

  @Test
  void eachConverterReadsWhatItsOptionTakes() {
    assertThat(new Settings.IntervalConverter().convert("2s")).isEqualTo(Duration.ofSeconds(2));
    assertThat(new Settings.UdpIdleConverter().convert("3s")).isEqualTo(Duration.ofSeconds(3));
    assertThat(new Settings.BytesConverter().convert("raw")).isEqualTo(Bytes.RAW);
    assertThat(new Settings.ColorConverter().convert("never")).isEqualTo(Color.NEVER);
    assertThat(new Settings.ListenConverter().convert("[::1]:1")).isEqualTo(new Listen("::1", 1));
    assertThat(new Settings.RingBytesConverter().convert("1073741824")).isEqualTo(1 << 30);
    assertThat(new Settings.SampleRecordsConverter().convert("1")).isEqualTo(1);
    assertThat(new Settings.FlowsConverter().convert(" 16 ")).isEqualTo(16);
    assertThat(new Settings.UdpWayConverter().convert("cgroup_skb")).isEqualTo(UdpWay.CGROUP_SKB);
  }
}
