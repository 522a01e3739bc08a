package dev.tcptop.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tcptop.model.Connection;
import dev.tcptop.model.ConnectionBuilder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Timeout;

/** Any text is a filter that can be asked, or is refused with its place. */
class FilterFuzz {
  private static final List<Connection> CONNECTIONS =
      List.of(ConnectionBuilder.tcp(1).build(), ConnectionBuilder.udp(2).build());

  @Timeout(20)
  @FuzzTest(maxExecutions = 100_000)
  void anyText(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    try {
      Filter filter = Filter.parse(text);
      Filter opposite = Filter.parse("not (" + text + ")");
      for (Connection connection : CONNECTIONS) {
        assertThat(opposite.test(connection)).isNotEqualTo(filter.test(connection));
      }
    } catch (BadQueryException e) {
      assertThat(e.column()).isBetween(1, text.length() + 7);
    }
  }
}
