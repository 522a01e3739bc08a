package dev.tcptop.http;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashMap;
import java.util.Map;

/** Errors as problem details (RFC 9457). */
final class Problem {
  static final String MEDIA_TYPE = "application/problem+json";

  private Problem() {}

  /**
   * A response with a problem as its body.
   *
   * @param detail what was wrong and what would be right
   */
  static Response of(Response.Status status, String detail) {
    return Response.status(status)
        .type(MediaType.valueOf(MEDIA_TYPE))
        .entity(body(status, detail))
        .build();
  }

  /** Ends a response outside of REST with a problem as its body. */
  static void end(HttpServerResponse response, Response.Status status, String detail) {
    response
        .setStatusCode(status.getStatusCode())
        .putHeader("Content-Type", MEDIA_TYPE)
        .end(new JsonObject(body(status, detail)).toBuffer());
  }

  /** The body of such a response. */
  static Map<String, Object> body(Response.Status status, String detail) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", "about:blank");
    body.put("title", status.getReasonPhrase());
    body.put("status", status.getStatusCode());
    body.put("detail", detail);
    return body;
  }
}
