package dev.tcptop.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tcptop.model.Connection;
import dev.tcptop.model.ConnectionBuilder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of an evaluation whose time is over, or for whose result nobody waits. */
class BudgetTest {
  private static final List<Connection> CONNECTIONS =
      LongStream.range(0, 1000).mapToObj(id -> ConnectionBuilder.tcp(1000 - id).build()).toList();

  private static Query query(String filter, String sort, long limit) {
    return new Query(
        filter == null ? Filter.ALL : Filter.parse(filter),
        sort == null ? Sort.BY_ID : Sort.parse(sort),
        limit);
  }

  @ParameterizedTest
  @CsvSource({
    "process ~ no, , 9999",
    "port = 443, , 9999",
    ", , 9999",
    ", protocol, 9999",
    ", protocol, 10"
  })
  void itEndsSoon(String filter, String sort, long limit) {
    Query query = query(filter, sort, limit);

    assertThatThrownBy(() -> query.select(CONNECTIONS, new Budget(Duration.ZERO, () -> false)))
        .isInstanceOf(BudgetExceededException.class)
        .hasMessageContaining("a simpler filter or fewer sort keys");
    assertThatThrownBy(() -> query.select(CONNECTIONS, new Budget(Duration.ofDays(1), () -> true)))
        .isInstanceOf(CancellationException.class);
  }

  @ParameterizedTest
  @CsvSource({"process ~ curl, , 9999, 1000", ", protocol, 10, 10"})
  void withinItsTimeItHasItsResult(String filter, String sort, long limit, int found) {
    assertThat(
            query(filter, sort, limit)
                .select(CONNECTIONS, new Budget(Duration.ofDays(1), () -> false)))
        .hasSize(found);
  }
}
