package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tcptop.product.support.Ended;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Needs;
import dev.tcptop.product.support.Product;
import dev.tcptop.product.support.TcpPair;
import dev.tcptop.product.support.UdpPair;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Options, and the same settings as environment variables. */
class OptionsIT {
  @BeforeAll
  static void look() throws IOException {
    Needs.rootAnd("env");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --interval 5              | --interval | 100ms to 1h
          --interval 99ms           | --interval | 100ms to 1h
          --interval 2h             | --interval | 100ms to 1h
          --interval=               | --interval | 100ms to 1h
          --interval                | --interval | DURATION
          --udp-idle never          | --udp-idle | 100ms to 1h
          --bytes bits              | --bytes    | human, raw, both
          --color red               | --color    | auto, always, never
          --filter port=http        | --filter   | at column 6 a whole number
          --filter=                 | --filter   | at column 1 not
          --listen 7070             | --listen   | HOST:PORT
          --listen 127.0.0.1:70700  | --listen   | HOST:PORT
          --listen ::1:7070         | --listen   | HOST:PORT
          --listen 0.0.0.0:1234     | --listen   | --insecure
          --nonsense                | --nonsense | --help
          nonsense                  | nonsense   | --help
          """)
  void badOption(String options, String name, String takes) throws Exception {
    assertRefused(Launch.plain(options.split(" ")).run(), name, takes);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          TCPTOP_INTERVAL | 5            | --interval | 100ms to 1h
          TCPTOP_UDP_IDLE | 1            | --udp-idle | 100ms to 1h
          TCPTOP_BYTES    | bits         | --bytes    | human, raw, both
          TCPTOP_COLOR    | red          | --color    | auto, always, never
          TCPTOP_FILTER   | port ! 1     | --filter   | at column 6 the operator !=
          TCPTOP_LISTEN   | 7070         | --listen   | HOST:PORT
          TCPTOP_LISTEN   | 0.0.0.0:1234 | --listen   | --insecure
          TCPTOP_ONCE     | maybe        | --once     | true
          TCPTOP_KERNEL_RING_BYTES | 5000  | tcptop.kernel.ring-bytes | a power of two from 4096 to
          TCPTOP_KERNEL_FLOWS      | 0     | tcptop.kernel.flows      | 1 to
          TCPTOP_KERNEL_UDP        | maybe | tcptop.kernel.udp        | fentry
          """)
  void badVariable(String variable, String value, String name, String takes) throws Exception {
    assertRefused(Launch.plain().with(variable, value).run(), name, takes);
  }

  private static void assertRefused(Ended ended, String name, String takes) {
    assertThat(ended.stderr()).startsWith("error: ").contains(name, takes).hasLineCount(1);
    assertThat(ended.stdout()).isEmpty();
    assertThat(ended.status()).isEqualTo(2);
  }

  @Test
  void variablesSetWhatOptionsSet() throws Exception {
    try (Product product =
        Launch.listening()
            .with("TCPTOP_INTERVAL", "250ms")
            .with("TCPTOP_NO_STDOUT", "true")
            .startAndWait()) {
      assertThat(product.json("/api/v1/status").path("intervalMillis").asLong()).isEqualTo(250);
      assertThat(product.stdout()).isEmpty();
    }
  }

  @Test
  void udpCanBeSwitchedOff() throws Exception {
    try (Product product =
            Launch.listening("--interval", "200ms", "--no-stdout")
                .with("TCPTOP_KERNEL_UDP", "off")
                .startAndWait();
        UdpPair udp = UdpPair.open().send(1);
        TcpPair tcp = TcpPair.open()) {
      JsonNode status = product.json("/api/v1/status");
      assertThat(status.at("/udp/observed").asBoolean(true)).isFalse();
      assertThat(status.at("/udp/way").isNull()).isTrue();
      assertThat(status.at("/udp/reason").asText()).isEqualTo("it is switched off");
      assertThat(status.path("accepts").asText()).isEqualTo("close or file descriptor");
      product.awaitRow(
          tcp.clientPort(), tcp.serverPort(), row -> row.path("phase").asText().equals("open"));
      assertThat(product.row(udp.clientPort(), udp.serverPort())).isEmpty();
    }
  }

  @Test
  void anOptionWinsOverItsVariable() throws Exception {
    try (Product product =
        Launch.listening("--interval", "200ms", "--no-stdout")
            .with("TCPTOP_INTERVAL", "5s")
            .startAndWait()) {
      assertThat(product.json("/api/v1/status").path("intervalMillis").asLong()).isEqualTo(200);
    }
  }

  @Test
  void helpNamesEveryOption() throws Exception {
    Ended ended = Launch.plain("--help").run();
    assertThat(ended.status()).isZero();
    assertThat(ended.stdout())
        .contains("--interval", "--udp-idle", "--bytes", "--color", "--filter")
        .contains("--listen", "--insecure")
        .contains("--no-stdout", "--once", "--help", "--version");
    assertThat(ended.stderr()).isEmpty();
  }

  @Test
  void versionIsOneLine() throws Exception {
    Ended ended = Launch.plain("--version").run();
    assertThat(ended.status()).isZero();
    assertThat(ended.stdout()).matches("tcptop \\d+\\.\\d+\\.\\d+\\S*\n");
    assertThat(ended.stderr()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "--version"})
  void whatOnlyTellsNeedsNoPrivileges(String option) throws Exception {
    assertThat(Launch.plain(option).asNobodyWith().run().status()).isZero();
  }
}
