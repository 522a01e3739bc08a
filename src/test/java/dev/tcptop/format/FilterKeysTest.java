package dev.tcptop.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tcptop.model.CloseReason;
import dev.tcptop.model.Connection;
import dev.tcptop.model.ConnectionBuilder;
import dev.tcptop.model.Endpoint;
import dev.tcptop.model.Family;
import dev.tcptop.model.Naming;
import dev.tcptop.model.Owner;
import dev.tcptop.query.Filter;
import dev.tcptop.query.Sort;
import java.io.IOException;
import java.io.StringWriter;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the JSON says of a connection, a filter finds it by, key for key. */
class FilterKeysTest {

  static Named<?>[] connections() {
    return new Named<?>[] {
      Named.of("tcp", ConnectionBuilder.tcp(1).build()),
      Named.of("udp", ConnectionBuilder.udp(2).build()),
      Named.of("of nobody", ConnectionBuilder.tcp(3).owner(Owner.NOBODY).build()),
      Named.of("closed", ConnectionBuilder.tcp(4).closed(CloseReason.TIMEOUT).build()),
      Named.of(
          "of a pod",
          ConnectionBuilder.tcp(6)
              .naming(new Naming("checkout-7d9f", "shop", "0123456789ab"))
              .build()),
      Named.of(
          "link-local",
          ConnectionBuilder.udp(5)
              .ends(Family.IPV6, Endpoint.of("fe80::1%2", 9), Endpoint.of("ff02::fb", 5353))
              .partial()
              .build())
    };
  }

  private static JsonNode json(Connection connection) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      ConnectionJson.write(json, connection);
    }
    return new ObjectMapper().readTree(text.toString());
  }

  @ParameterizedTest
  @MethodSource("connections")
  void eachKeyHasTheValueOfTheJson(Connection connection) throws IOException {
    assertThat(json(connection).properties())
        .allSatisfy(
            member -> {
              String key = member.getKey();
              JsonNode value = member.getValue();
              String is = value.isNull() ? "null" : "\"" + value.asText() + "\"";
              assertThat(Filter.parse(key + " = " + is).test(connection)).as(key).isTrue();
              assertThat(Filter.parse(key + " != " + is).test(connection)).as(key).isFalse();
              assertThat(Filter.parse(key + " = null").test(connection))
                  .as(key)
                  .isEqualTo(value.isNull());
              assertThat(Sort.parse(key).compare(connection, connection)).as(key).isZero();
            });
  }
}
