package dev.tcptop.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tcptop.model.Connection;
import dev.tcptop.model.ConnectionBuilder;
import dev.tcptop.query.Query;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Timeout;

/** Any text after the question mark is a query that can be answered, or is refused as a problem. */
class QueryParametersFuzz {
  private static final List<Connection> CONNECTIONS =
      List.of(ConnectionBuilder.tcp(1).build(), ConnectionBuilder.udp(2).build());
  private static final Set<String> KNOWN = Set.of("filter", "sort", "limit");

  @Timeout(20)
  @FuzzTest(maxExecutions = 100_000)
  void anyText(byte[] bytes) {
    try {
      Query query = QueryParameters.read(new String(bytes, StandardCharsets.UTF_8), KNOWN);
      assertThat(CONNECTIONS).containsAll(query.select(CONNECTIONS));
    } catch (BadParameterException e) {
      assertThat(Problem.body(e)).containsEntry("status", 400).containsKey("parameter");
    }
  }
}
