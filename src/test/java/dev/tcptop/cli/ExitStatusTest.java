package dev.tcptop.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tcptop.collect.CollectorException;
import dev.tcptop.config.BadSettingException;
import dev.tcptop.config.ListenConfigSource;
import dev.tcptop.config.TcptopConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.net.BindException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExitStatusTest {
  private static RuntimeException wrapped(Throwable cause) {
    return new RuntimeException("failed to start", new RuntimeException("still", cause));
  }

  static Arguments[] failures() {
    return new Arguments[] {
      Arguments.of(
          new BadSettingException("bytes", "one of a, b", "c"),
          2,
          "--bytes takes one of a, b, not 'c'"),
      Arguments.of(
          new CollectorException("attach x", 95, "", "log"),
          78,
          "this kernel cannot run tcptop: cannot attach x: not supported"),
      Arguments.of(
          new BindException("Address already in use"),
          1,
          "cannot listen on 127.0.0.1:7070: it is in use, or is not an address of this machine;"
              + " choose another with --listen"),
      Arguments.of(new IllegalStateException("one\ntwo"), 1, "one"),
      Arguments.of(new IllegalStateException(), 1, "java.lang.IllegalStateException")
    };
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aFailureHasAStatusAndALine(Throwable failure, int status, String line) {
    assertThat(ExitStatus.of(failure)).isEqualTo(status);
    assertThat(ExitStatus.line(failure)).isEqualTo(line);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void whatWrapsAFailureDoesNotHideIt(Throwable failure, int status, String line) {
    assertThat(ExitStatus.of(wrapped(failure))).isEqualTo(status);
    assertThat(ExitStatus.line(wrapped(failure))).isEqualTo(line);
  }

  @Test
  void wantOfMemoryIsNotTheKernelsInability() {
    CollectorException failure = new CollectorException("make the map x", 12, "", "");

    assertThat(ExitStatus.of(failure)).isEqualTo(1);
    assertThat(ExitStatus.line(failure)).isEqualTo("cannot make the map x: ENOMEM, out of memory");
  }

  private static Throwable startWith(String key, String value) {
    return catchThrowable(
        () ->
            new SmallRyeConfigBuilder()
                .withMapping(TcptopConfig.class)
                .withDefaultValues(Map.of(key, value))
                .withSources(new ListenConfigSource())
                .build());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          tcptop.interval              | --interval takes a duration from 100ms to 1h, such as 500ms, 2s or 5m
          tcptop.udp-idle              | --udp-idle takes a duration from 100ms to 1h, such as 500ms, 2s or 5m
          tcptop.bytes                 | --bytes takes one of human, raw, both
          tcptop.color                 | --color takes one of auto, always, never
          tcptop.filter                | --filter takes at column 1 not, ( or one of the keys
          tcptop.listen                | --listen takes HOST:PORT, such as 127.0.0.1:7070 or [::1]:7070
          tcptop.insecure              | --insecure takes true or false
          tcptop.no-stdout             | --no-stdout takes true or false
          tcptop.once                  | --once takes true or false
          tcptop.debug                 | --debug takes true or false
          tcptop.max-subscribers       | tcptop.max-subscribers takes a number from 1 to 100000
          tcptop.kernel.ring-bytes     | tcptop.kernel.ring-bytes takes a number from 4096 to 1073741824
          tcptop.kernel.sample-records | tcptop.kernel.sample-records takes a number from 1 to 4194304
          tcptop.kernel.sockets        | tcptop.kernel.sockets takes a number from 1 to 4194304
          tcptop.kernel.flows          | tcptop.kernel.flows takes a number from 1 to 4194304
          tcptop.kernel.udp            | tcptop.kernel.udp takes one of off, cgroup_skb, fentry, auto
          tcptop.metrics.top-processes | tcptop.metrics.top-processes takes a number from 0 to 1000
          """)
  void aBadValueOfTheConfigurationIsABadOption(String key, String line) {
    Throwable failure = startWith(key, "junk");

    assertThat(ExitStatus.of(failure)).isEqualTo(2);
    assertThat(ExitStatus.line(failure)).startsWith(line).endsWith(", not 'junk'");
  }

  @Test
  void aBadNameOfAHostIsABadOption() {
    Throwable failure = startWith("tcptop.hosts", "a.example,b:80");

    assertThat(ExitStatus.of(failure)).isEqualTo(2);
    assertThat(ExitStatus.line(failure))
        .isEqualTo(
            "tcptop.hosts takes names of hosts without a port, such as tcptop.example, not 'b:80'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\nb", "a with b converted c"})
  void aRefusalIsOneLineWhateverTheValueIs(String value) {
    assertThat(ExitStatus.line(startWith("tcptop.bytes", value)))
        .startsWith(
            "--bytes takes one of human, raw, both, not '" + value.lines().findFirst().orElse(""))
        .doesNotContain("\n");
  }

  @Test
  void thePrivilegesLineIsTheContracts() {
    assertThat(ExitStatus.PRIVILEGES_LINE)
        .isEqualTo("error: tcptop requires root privileges. Run with sudo.");
  }
}
