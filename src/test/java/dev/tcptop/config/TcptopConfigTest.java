package dev.tcptop.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.config.TcptopConfig.Bytes;
import dev.tcptop.config.TcptopConfig.Color;
import dev.tcptop.config.TcptopConfig.UdpWay;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TcptopConfigTest {

  private static SmallRyeConfig config(ConfigSource source) {
    return new SmallRyeConfigBuilder()
        .withMapping(TcptopConfig.class)
        .withSources(source)
        .withSources(new ListenConfigSource())
        .build();
  }

  private static SmallRyeConfig keys(Map<String, String> keys) {
    return config(new PropertiesConfigSource(keys, "test", 250));
  }

  private static TcptopConfig read(SmallRyeConfig config) {
    return config.getConfigMapping(TcptopConfig.class);
  }

  @Test
  void theDefaultsAreTheContracts() {
    TcptopConfig config = read(keys(Map.of()));

    assertThat(config.interval()).isEqualTo(Duration.ofSeconds(1));
    assertThat(config.udpIdle()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.bytes()).isEqualTo(Bytes.BOTH);
    assertThat(config.color()).isEqualTo(Color.AUTO);
    assertThat(config.listen()).isEqualTo(new Listen("127.0.0.1", 7070));
    assertThat(config.insecure()).isFalse();
    assertThat(config.noStdout()).isFalse();
    assertThat(config.once()).isFalse();
    assertThat(config.debug()).isFalse();
    assertThat(config.node()).isEmpty();
    assertThat(config.kernel().ringBytes()).isEqualTo(4 << 20);
    assertThat(config.kernel().sampleRecords()).isEqualTo(1 << 15);
    assertThat(config.kernel().sockets()).isEqualTo(1 << 18);
    assertThat(config.kernel().flows()).isEqualTo(1 << 16);
    assertThat(config.kernel().udp()).isEqualTo(UdpWay.AUTO);
    assertThat(config.metrics().topProcesses()).isZero();
  }

  @Test
  void eachOptionIsAKey() {
    TcptopConfig config =
        read(
            keys(
                Map.of(
                    "tcptop.interval", "250ms",
                    "tcptop.udp-idle", "1m",
                    "tcptop.bytes", "raw",
                    "tcptop.color", "never",
                    "tcptop.listen", "[::1]:80",
                    "tcptop.token-file", "/run/token",
                    "tcptop.hosts", "one.example,Two.example",
                    "tcptop.max-subscribers", "7",
                    "tcptop.max-connections", "70",
                    "tcptop.no-stdout", "true")));

    assertThat(config.interval()).isEqualTo(Duration.ofMillis(250));
    assertThat(config.udpIdle()).isEqualTo(Duration.ofMinutes(1));
    assertThat(config.bytes()).isEqualTo(Bytes.RAW);
    assertThat(config.color()).isEqualTo(Color.NEVER);
    assertThat(config.listen()).isEqualTo(new Listen("::1", 80));
    assertThat(config.tokenFile()).contains(Path.of("/run/token"));
    assertThat(config.hosts()).contains(Set.of("one.example", "two.example"));
    assertThat(config.maxSubscribers()).isEqualTo(7);
    assertThat(config.maxConnections()).isEqualTo(70);
    assertThat(config.noStdout()).isTrue();
  }

  @Test
  void eachOptionIsAnEnvironmentVariable() {
    TcptopConfig config =
        read(
            config(
                new EnvConfigSource(
                    Map.of(
                        "TCPTOP_INTERVAL", "250ms",
                        "TCPTOP_UDP_IDLE", "1m",
                        "TCPTOP_KERNEL_RING_BYTES", "4096",
                        "TCPTOP_KERNEL_UDP", "off",
                        "TCPTOP_METRICS_TOP_PROCESSES", "20",
                        "TCPTOP_NO_STDOUT", "true"),
                    300)));

    assertThat(config.interval()).isEqualTo(Duration.ofMillis(250));
    assertThat(config.udpIdle()).isEqualTo(Duration.ofMinutes(1));
    assertThat(config.kernel().ringBytes()).isEqualTo(4096);
    assertThat(config.kernel().udp()).isEqualTo(UdpWay.OFF);
    assertThat(config.metrics().topProcesses()).isEqualTo(20);
    assertThat(config.noStdout()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"false, false, LINES", "false, true, NONE", "true, false, ONCE", "true, true, ONCE"})
  void stdoutCarriesOneOutput(String once, String noStdout, Output output) {
    TcptopConfig config = read(keys(Map.of("tcptop.once", once, "tcptop.no-stdout", noStdout)));

    assertThat(Output.of(config)).isEqualTo(output);
  }

  @Test
  void withoutAnAddressTheHttpServerListensOnTheDefault() {
    SmallRyeConfig config = keys(Map.of());

    assertThat(config.getConfigValue("quarkus.http.host").getValue()).isEqualTo("127.0.0.1");
    assertThat(config.getConfigValue("quarkus.http.port").getValue()).isEqualTo("7070");
    assertThat(config.getConfigValue("quarkus.http.host-enabled").getValue()).isEqualTo("true");
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1:7070, 127.0.0.1, 7070", "[::1]:80, ::1, 80", "0.0.0.0:0, 0.0.0.0, 0"})
  void theHttpServerListensThere(String listen, String host, String port) {
    SmallRyeConfig config = keys(Map.of("tcptop.listen", listen));

    assertThat(config.getConfigValue("quarkus.http.host").getValue()).isEqualTo(host);
    assertThat(config.getConfigValue("quarkus.http.port").getValue()).isEqualTo(port);
  }

  @ParameterizedTest
  @CsvSource({
    "false, true",
    "true, false",
    "1, false",
    "TRUE, false",
    "yes, false",
    "on, false",
    "no, true",
    "y, false"
  })
  void thereIsNoHttpForOneTable(String once, String http) {
    SmallRyeConfig config = keys(Map.of("tcptop.listen", "127.0.0.1:7070", "tcptop.once", once));

    assertThat(config.getConfigValue("quarkus.http.host-enabled").getValue()).isEqualTo(http);
    assertThat(read(config).once()).isEqualTo(http.equals("false"));
  }

  @ParameterizedTest
  @CsvSource({
    "quarkus.tls.key-store.pem.0.cert",
    "quarkus.tls.key-store.p12.path",
    "quarkus.http.tls-configuration-name"
  })
  void withACertificateThePortIsForHttpsAlone(String key) {
    SmallRyeConfig config = keys(Map.of("tcptop.listen", "127.0.0.1:7071", key, "x"));

    assertThat(config.getConfigValue("quarkus.http.ssl-port").getValue()).isEqualTo("7071");
    assertThat(config.getConfigValue("quarkus.http.insecure-requests").getValue())
        .isEqualTo("disabled");
  }

  @Test
  void withoutACertificateThereIsNoHttps() {
    SmallRyeConfig config =
        keys(Map.of("tcptop.listen", "127.0.0.1:7071", "quarkus.tls.trust-all", "false"));

    assertThat(config.getConfigValue("quarkus.http.ssl-port").getValue()).isNull();
    assertThat(config.getConfigValue("quarkus.http.insecure-requests").getValue()).isNull();
  }
}
