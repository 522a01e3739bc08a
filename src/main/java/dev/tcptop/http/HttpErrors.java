package dev.tcptop.http;

import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** What is refused before any part of tcptop has it is answered as a problem too. */
public class HttpErrors {

  /** Of REST, which has all that no route takes. */
  @ServerExceptionMapper
  public Response problem(WebApplicationException e) {
    Response response = e.getResponse();
    Status status = Status.fromStatusCode(response.getStatus());
    return status == null || response.hasEntity() ? response : Problem.of(status, detail(status));
  }

  /** For a route of Vert.x that takes GET alone. */
  static void endOtherMethod(RoutingContext request) {
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
