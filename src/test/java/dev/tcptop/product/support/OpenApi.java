package dev.tcptop.product.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/** The product's OpenAPI document. */
public final class OpenApi {
  private static final JsonSchemaFactory SCHEMAS =
      JsonSchemaFactory.getInstance(VersionFlag.V202012);

  private final JsonNode document;

  /** By the node of the document. Reading a schema takes much longer than checking an event. */
  private final Map<JsonNode, JsonSchema> schemas = new IdentityHashMap<>();

  /**
   * @param document the answer of /q/openapi
   */
  public OpenApi(JsonNode document) {
    this.document = document;
  }

  public JsonNode document() {
    return document;
  }

  /** The response that an operation describes for this status; a missing node if there is none. */
  public JsonNode response(String path, int status) {
    JsonNode operation = document.path("paths").path(path).path("get");
    return resolved(operation.path("responses").path(Integer.toString(status)));
  }

  public JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
  }

  /**
   * The ways in which a text breaks a schema.
   *
   * @param schema a node of the document
   */
  public Set<ValidationMessage> mistakes(JsonNode schema, String json) {
    return schemas.computeIfAbsent(schema, this::read).validate(json, InputFormat.JSON);
  }

  private JsonSchema read(JsonNode schema) {
    ObjectNode whole = schema.deepCopy();
    whole.set("components", document.path("components"));
    return SCHEMAS.getSchema(
        whole, SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build());
  }
}
