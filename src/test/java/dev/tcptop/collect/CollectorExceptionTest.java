package dev.tcptop.collect;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CollectorExceptionTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 | cannot load it: EPERM, operation not permitted",
        "2 | cannot load it: ENOENT, not found",
        "9 | cannot load it: EBADF, not open",
        "12 | cannot load it: ENOMEM, out of memory",
        "13 | cannot load it: EACCES, permission denied",
        "22 | cannot load it: EINVAL, invalid argument",
        "95 | cannot load it: not supported",
        "524 | cannot load it: not supported",
        "7 | cannot load it: errno 7"
      })
  void theMessageNamesOperationAndError(int errno, String message) {
    assertThat(new CollectorException("load it", errno, "", "")).hasMessage(message);
  }

  @Test
  void aHintEndsTheMessage() {
    assertThat(new CollectorException("load it", 1, "this kernel's policy forbids it", ""))
        .hasMessageEndingWith("EPERM, operation not permitted: this kernel's policy forbids it");
  }

  @Test
  void thePlatformsLogIsKeptApartFromTheMessage() {
    CollectorException failure = new CollectorException("load it", 22, "", "one\ntwo\n");

    assertThat(failure.log()).isEqualTo("one\ntwo\n");
    assertThat(failure.getMessage()).doesNotContain("one");
  }
}
