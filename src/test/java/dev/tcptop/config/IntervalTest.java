package dev.tcptop.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IntervalTest {
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
    assertThat(Interval.parse(text)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0ms", "99ms", "0s", "0h", "3600001ms", "3601s", "61m", "2h"})
  void aDurationOutOfRangeIsRefused(String text) {
    assertRefused(text);
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
  void textThatIsNoDurationIsRefused(String text) {
    assertRefused(text);
  }

  private static void assertRefused(String text) {
    assertThatThrownBy(() -> Interval.parse(text))
        .isInstanceOf(BadValueException.class)
        .hasMessage(
            "takes a duration from 100ms to 1h, such as 500ms, 2s or 5m, not '" + text + "'");
  }
}
