package dev.tcptop.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafeJsonTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        "quote\" and \\",
        "escape \u001b[2J",
        "delete \u007f",
        "CSI of C1 \u009b2J",
        "right to left \u202e",
        "letters \u00e9 \u4e2d",
        "beyond the basic plane \ud83d\ude00"
      })
  void aNameIsPrintableAsciiAndReadsAsItIs(String name) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = SafeJson.builder().build().createGenerator(bytes)) {
      json.writeString(name);
    }

    String text = bytes.toString(StandardCharsets.UTF_8);
    assertThat(text).matches("[ -~]*");
    assertThat(new ObjectMapper().readValue(text, String.class)).isEqualTo(name);
  }
}
