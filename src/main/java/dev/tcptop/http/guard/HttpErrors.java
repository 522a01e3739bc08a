package dev.tcptop.http.guard;

import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Answers requests that no part of tcptop takes as problems. */
public class HttpErrors {

  /** The answer of REST, which gets what no route takes. */
  @ServerExceptionMapper
  public Response problem(WebApplicationException e) {
    Response response = e.getResponse();
    Status status = Status.fromStatusCode(response.getStatus());
    return status == null || response.hasEntity() ? response : Problem.of(status, detail(status));
  }

  /** Ends a request to a route of Vert.x that takes GET alone. */
  public static void endOtherMethod(RoutingContext request) {
    Status status = Status.METHOD_NOT_ALLOWED;
    Problem.end(request.response(), status, detail(status));
  }

  private static String detail(Status status) {
    return switch (status) {
      case NOT_FOUND -> "nothing is served at this path; GET /q/openapi lists what is";
      case METHOD_NOT_ALLOWED -> "the only method is GET";
      case NOT_ACCEPTABLE -> "the header Accept takes what GET /q/openapi lists for this path";
      default -> status.getReasonPhrase();
    };
  }
}
