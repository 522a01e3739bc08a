package dev.tcptop.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.config.TcptopConfig.Bytes;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantitiesTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "1, 1 B",
    "1023, 1023 B",
    "1024, 1.0 KiB",
    "1536, 1.5 KiB",
    "1048524, 1023.9 KiB",
    "1048525, 1.0 MiB", // 1024.0 KiB would be a unit too small
    "1048576, 1.0 MiB",
    "1258291, 1.2 MiB",
    "1073741824, 1.0 GiB",
    "1099511627776, 1.0 TiB",
    "1125899906842624, 1.0 PiB",
    "1152921504606846976, 1.0 EiB",
    "9223372036854775807, 8.0 EiB"
  })
  void humanBytesAreInBinaryUnits(long count, String text) {
    assertThat(new Quantities(Bytes.HUMAN).bytes(new StringBuilder(), count)).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1258291, 1258291", "9223372036854775807, 9223372036854775807"})
  void rawBytesAreTheNumber(long count, String text) {
    assertThat(new Quantities(Bytes.RAW).bytes(new StringBuilder(), count)).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "1023, 1023 B",
    "1024, 1.0 KiB (1024)",
    "1258291, 1.2 MiB (1258291)",
    "9999999999, 9.3 GiB (9999999999)",
    "10000000000, 9.3 GiB"
  })
  void theRawNumberIsBesideTheHumanOneWhereItFits(long count, String text) {
    assertThat(new Quantities(Bytes.BOTH).bytes(new StringBuilder(), count)).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource({
    "HUMAN, 0, 0 B/s",
    "HUMAN, 1258291, 1.2 MiB/s",
    "RAW, 0, 0/s",
    "RAW, 1258291, 1258291/s",
    "BOTH, 1258291, 1.2 MiB/s"
  })
  void aRateIsHumanUnlessRawIsAskedFor(Bytes style, long perSecond, String text) {
    assertThat(new Quantities(style).rate(new StringBuilder(), perSecond)).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource({
    "-1, -",
    "0, 0 µs",
    "350, 350 µs",
    "999, 999 µs",
    "1000, 1.0 ms",
    "12300, 12.3 ms",
    "999949, 999.9 ms",
    "999950, 1.0 s", // 1000.0 ms would be a unit too small
    "1000000, 1.0 s",
    "1500000, 1.5 s",
    "75000000, 75.0 s"
  })
  void timesHaveTheUnitThatFits(long micros, String text) {
    assertThat(Quantities.time(new StringBuilder(), micros)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"de-DE", "ar-EG-u-nu-arab", "hi-IN-u-nu-deva", "tr-TR", "fa-IR"})
  void noLocaleChangesThem(String tag) {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag(tag));
      assertThat(new Quantities(Bytes.BOTH).bytes(new StringBuilder(), 1258291))
          .hasToString("1.2 MiB (1258291)");
      assertThat(new Quantities(Bytes.RAW).rate(new StringBuilder(), 1258291))
          .hasToString("1258291/s");
      assertThat(Quantities.time(new StringBuilder(), 12_300)).hasToString("12.3 ms");
      assertThat(Quantities.time(new StringBuilder(), 1_500_000)).hasToString("1.5 s");
    } finally {
      Locale.setDefault(before);
    }
  }
}
