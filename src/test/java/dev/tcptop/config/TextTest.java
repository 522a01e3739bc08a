package dev.tcptop.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tcptop.config.TcptopConfig.Bytes;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextTest {
  @ParameterizedTest
  @CsvSource({"human, HUMAN", "raw, RAW", "both, BOTH", "Human, HUMAN", "' RAW ', RAW"})
  void aWordIsReadInAnyCase(String text, Bytes expected) {
    assertThat(Text.word(Bytes.class, text)).isEqualTo(expected);
  }

  @Test
  void aWordIsReadTheSameInEveryLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("tr")); // whose upper case i has a dot
      assertThat(Text.word(Letters.class, "title")).isEqualTo(Letters.TITLE);
      assertThatThrownBy(() -> Text.word(Letters.class, "x")).hasMessageContaining("one of title");
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
    assertThatThrownBy(() -> Text.word(Bytes.class, text))
        .isInstanceOf(BadValueException.class)
        .hasMessage("takes one of human, raw, both, not '" + text + "'");
  }

  @ParameterizedTest
  @CsvSource({
    "true, true",
    "TRUE, true",
    "yes, true",
    "y, true",
    "on, true",
    "' 1 ', true",
    "false, false",
    "no, false",
    "n, false",
    "off, false",
    "0, false"
  })
  void aFlagIsTrueOrFalse(String text, boolean expected) {
    assertThat(Text.flag(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "maybe", "2", "truee"})
  void textThatIsNoFlagIsRefused(String text) {
    assertThatThrownBy(() -> Text.flag(text))
        .isInstanceOf(BadValueException.class)
        .hasMessage("takes true or false, not '" + text + "'");
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "' 16 ', 16", "4194304, 4194304"})
  void aNumberIsWhole(String text, int expected) {
    assertThat(Text.number(1, 4194304, text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "0", "1.5", "1e3", "0x10", "٣", "4194305", "99999999999"})
  void aNumberOutOfRangeOrOfAnotherFormIsRefused(String text) {
    assertThatThrownBy(() -> Text.number(1, 4194304, text))
        .isInstanceOf(BadValueException.class)
        .hasMessage("takes a number from 1 to 4194304, not '" + text + "'");
  }

  @Test
  void thePowersOfTwoAreRead() {
    assertThat(Text.powerOfTwo(4096, 1 << 30, "4096")).isEqualTo(4096);
    assertThat(Text.powerOfTwo(4096, 1 << 30, "1073741824")).isEqualTo(1 << 30);
  }

  @ParameterizedTest
  @ValueSource(strings = {"4097", "12288"})
  void anotherNumberThanAPowerOfTwoIsRefused(String text) {
    assertThatThrownBy(() -> Text.powerOfTwo(4096, 1 << 30, text))
        .isInstanceOf(BadValueException.class)
        .hasMessage("takes a power of two from 4096 to 1073741824, not '" + text + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"4095", "2147483648"})
  void aPowerOfTwoOutOfRangeIsRefused(String text) {
    assertThatThrownBy(() -> Text.powerOfTwo(4096, 1 << 30, text))
        .isInstanceOf(BadValueException.class)
        .hasMessage("takes a number from 4096 to 1073741824, not '" + text + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcptop", "TCPTOP.Example", " a.b-c.svc ", "node_1"})
  void theNameOfAHostIsReadInLowerCase(String text) {
    assertThat(Text.host(text)).isEqualTo(text.strip().toLowerCase(Locale.ROOT));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "*", "*.example", "host:80", "http://host", "host/", "host.", "-a"})
  void aNameThatNoHostHasIsRefused(String text) {
    assertThatThrownBy(() -> Text.host(text))
        .isInstanceOf(BadValueException.class)
        .hasMessage(
            "takes names of hosts without a port, such as tcptop.example, not '" + text + "'");
  }
}
