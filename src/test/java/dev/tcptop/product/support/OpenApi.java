package dev.tcptop.product.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.util.Set;

/**
 * The product's description of itself.
 *
 * @param document as /q/openapi has it
 */
public record OpenApi(JsonNode document) {
  private static final JsonSchemaFactory SCHEMAS =
      JsonSchemaFactory.getInstance(VersionFlag.V202012);

  /** What an operation may answer with this status; missing: it is not described. */
  public JsonNode response(String path, int status) {
    JsonNode operation = document.path("paths").path(path).path("get");
    return resolved(operation.path("responses").path(Integer.toString(status)));
  }

  public JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
  }

  /** In what a text is not as the schema says. */
  public Set<ValidationMessage> mistakes(JsonNode schema, String json) {
    ObjectNode whole = schema.deepCopy();
    whole.set("components", document.path("components"));
    return SCHEMAS
        .getSchema(whole, SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build())
        .validate(json, InputFormat.JSON);
  }
}
