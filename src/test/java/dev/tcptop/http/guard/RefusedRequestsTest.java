package dev.tcptop.http.guard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the log shows of a client's text. */
class RefusedRequestsTest {
  @ParameterizedTest
  @CsvSource({
    "/api, /api",
    "'/a\u001b[31m\nb', '/a?[31m?b'",
    ", ''",
  })
  void itHasNoControlCharacters(String text, String printable) {
    assertThat(RefusedRequests.printable(text)).isEqualTo(printable);
  }

  @ParameterizedTest
  @CsvSource({"80, 80", "81, 81", "8000, 81"})
  void itIsCut(int length, int printed) {
    assertThat(RefusedRequests.printable("a".repeat(length))).hasSize(printed);
  }
}
