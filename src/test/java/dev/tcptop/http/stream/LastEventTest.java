package dev.tcptop.http.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LastEventTest {
  private static final String RUN = "mwtx16fh";

  @ParameterizedTest
  @CsvSource({
    "mwtx16fh-0, 0",
    "mwtx16fh-742, 742",
    "mwtx16fh-999999999999999999, 999999999999999999"
  })
  void anEventOfThisRunIsFound(String id, long sequence) {
    assertThat(LastEvent.of(id, RUN)).isEqualTo(LastEvent.after(sequence));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mwtx16fg-742",
        "mwtx16fh",
        "mwtx16fh-",
        "mwtx16fh--1",
        "mwtx16fh-9999999999999999999",
        "mwtx16fh-1x",
        "742",
        "-",
        "\u0661",
        "mwtx16fh-\u0661",
      })
  void anyOtherIsUnknown(String id) {
    assertThat(LastEvent.of(id, RUN)).isEqualTo(LastEvent.UNKNOWN);
  }

  @Test
  void withoutOneAClientIsNew() {
    assertThat(LastEvent.of(null, RUN)).isEqualTo(LastEvent.NONE);
    assertThat(LastEvent.of("", RUN)).isEqualTo(LastEvent.NONE);
  }
}
