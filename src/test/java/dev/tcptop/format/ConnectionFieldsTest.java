package dev.tcptop.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tcptop.model.CloseReason;
import dev.tcptop.model.ConnectionBuilder;
import dev.tcptop.model.Owner;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

class ConnectionFieldsTest {

  @Test
  void theyAreTheFieldsOfTheOpenApiDocument() throws IOException {
    JsonNode schema;
    try (InputStream document =
        ConnectionFieldsTest.class.getResourceAsStream("/META-INF/openapi.json")) {
      schema = new ObjectMapper().readTree(document).at("/components/schemas/ConnectionFields");
    }

    assertThat(schema.path("properties").fieldNames())
        .toIterable()
        .containsExactlyElementsOf(FieldKeys.all());
    assertThat(schema.path("required"))
        .extracting(JsonNode::asText)
        .containsExactlyElementsOf(FieldKeys.all());
  }

  @Test
  void everyConnectionHasTheSameKeys() throws IOException {
    assertThat(FieldKeys.of(ConnectionBuilder.udp(2).owner(Owner.NOBODY).build()))
        .isEqualTo(FieldKeys.all());
    assertThat(FieldKeys.of(ConnectionBuilder.tcp(3).closed(CloseReason.RESET).build()))
        .isEqualTo(FieldKeys.all())
        .doesNotHaveDuplicates();
  }
}
