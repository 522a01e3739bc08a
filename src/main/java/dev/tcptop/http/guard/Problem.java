package dev.tcptop.http.guard;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashMap;
import java.util.Map;

/** Errors as problem details (RFC 9457). */
public final class Problem {
  public static final String MEDIA_TYPE = "application/problem+json";

  private Problem() {}

  /**
   * A response with a problem as its body.
   *
   * @param detail what was wrong and what would be right
   */
  public static Response of(Response.Status status, String detail) {
    return Response.status(status)
        .type(MediaType.valueOf(MEDIA_TYPE))
        .entity(body(status, detail))
        .build();
  }

  /** Ends a response outside of REST with a problem as its body. */
  public static void end(HttpServerResponse response, Response.Status status, String detail) {
    end(response, status, body(status, detail));
  }

  private static void end(
      HttpServerResponse response, Response.Status status, Map<String, Object> body) {
    response
        .setStatusCode(status.getStatusCode())
        .putHeader("Content-Type", MEDIA_TYPE)
        .end(new JsonObject(body).toBuffer());
  }

  /** A response for a query parameter that cannot be taken. */
  public static Response of(BadParameterException bad) {
    return Response.status(Response.Status.BAD_REQUEST)
        .type(MediaType.valueOf(MEDIA_TYPE))
        .entity(body(bad))
        .build();
  }

  /** Ends a response outside of REST for a query parameter that cannot be taken. */
  public static void end(HttpServerResponse response, BadParameterException bad) {
    end(response, Response.Status.BAD_REQUEST, body(bad));
  }

  /** The body for a query parameter: with the members {@code parameter} and {@code column} too. */
  static Map<String, Object> body(BadParameterException bad) {
    Map<String, Object> body = body(Response.Status.BAD_REQUEST, String.valueOf(bad.getMessage()));
    body.put("parameter", bad.parameter());
    if (bad.column() > 0) {
      body.put("column", bad.column());
    }
    return body;
  }

  /** The body of a problem without further members. */
  static Map<String, Object> body(Response.Status status, String detail) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", "about:blank");
    body.put("title", status.getReasonPhrase());
    body.put("status", status.getStatusCode());
    body.put("detail", detail);
    return body;
  }
}
