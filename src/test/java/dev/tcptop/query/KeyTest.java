package dev.tcptop.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.format.FieldKeys;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyTest {

  @Test
  void theKeysAreTheFieldsOfTheInterfaceAndThoseForEitherEnd() throws IOException {
    List<String> fields = FieldKeys.all();
    List<String> keys = new ArrayList<>(fields);
    keys.addAll(List.of("address", "port"));

    assertThat(Key.names(any -> true)).isEqualTo(String.join(", ", keys));
    assertThat(Key.names(Key::isSingle)).isEqualTo(String.join(", ", fields));
  }
}
