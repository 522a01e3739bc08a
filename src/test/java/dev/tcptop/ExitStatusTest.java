package dev.tcptop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tcptop.collect.CollectorException;
import dev.tcptop.config.ListenConfigSource;
import dev.tcptop.config.Settings.BadSettingException;
import dev.tcptop.config.TcptopConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.net.BindException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ExitStatusTest {
  private static final String LISTEN = "[::1]:7070";

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
          "[::1]:7070 cannot be listened on: it is in use or not an address of this machine;"
              + " choose another with --listen"),
      Arguments.of(new IllegalStateException("one\ntwo"), 1, "one"),
      Arguments.of(new IllegalStateException(), 1, "java.lang.IllegalStateException")
    };
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aFailureHasAStatusAndALine(Throwable failure, int status, String line) {
    assertThat(ExitStatus.of(failure)).isEqualTo(status);
    assertThat(ExitStatus.line(failure, LISTEN)).isEqualTo(line);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void whatWrapsAFailureDoesNotHideIt(Throwable failure, int status, String line) {
    assertThat(ExitStatus.of(wrapped(failure))).isEqualTo(status);
    assertThat(ExitStatus.line(wrapped(failure), LISTEN)).isEqualTo(line);
  }

  @Test
  void wantOfMemoryIsNotTheKernelsInability() {
    CollectorException failure = new CollectorException("make the map x", 12, "", "");

    assertThat(ExitStatus.of(failure)).isEqualTo(1);
    assertThat(ExitStatus.line(failure, LISTEN))
        .isEqualTo("cannot make the map x: ENOMEM, out of memory");
  }

  @ParameterizedTest
  @CsvSource({
    "tcptop.interval, --interval takes ",
    "tcptop.udp-idle, --udp-idle takes ",
    "tcptop.bytes, --bytes takes ",
    "tcptop.color, --color takes ",
    "tcptop.filter, --filter takes at column 1 ",
    "tcptop.listen, --listen takes "
  })
  void aBadKeyOfTheConfigurationIsABadOption(String key, String line) {
    Throwable failure =
        catchThrowable(
            () ->
                new SmallRyeConfigBuilder()
                    .withMapping(TcptopConfig.class)
                    .withDefaultValues(Map.of(key, "junk"))
                    .withSources(new ListenConfigSource())
                    .build());

    assertThat(ExitStatus.of(failure)).isEqualTo(2);
    assertThat(ExitStatus.line(failure, LISTEN)).startsWith(line).endsWith("not 'junk'");
  }

  @Test
  void thePrivilegesLineIsTheContracts() {
    assertThat(ExitStatus.PRIVILEGES_LINE)
        .isEqualTo("error: tcptop requires root privileges. Run with sudo.");
  }
}
