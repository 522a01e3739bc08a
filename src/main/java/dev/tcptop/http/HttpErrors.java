package dev.tcptop.http;

import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** What is refused before any part of tcptop has it is answered as a problem too. */
@ApplicationScoped
public class HttpErrors {

  void route(@Observes Router router) {
    for (Status status :
        new Status[] {
          Status.BAD_REQUEST, Status.NOT_FOUND, Status.METHOD_NOT_ALLOWED, Status.NOT_ACCEPTABLE
        }) {
      router.errorHandler(status.getStatusCode(), context -> end(context, status));
    }
  }

  private static void end(RoutingContext context, Status status) {
    if (!context.response().ended()) {
      Problem.end(context.response(), status, detail(status));
    }
  }

  /** The same of what has reached REST. */
  @ServerExceptionMapper
  public Response problem(WebApplicationException e) {
    Response response = e.getResponse();
    Status status = Status.fromStatusCode(response.getStatus());
    return status == null || response.hasEntity() ? response : Problem.of(status, detail(status));
  }

  private static String detail(Status status) {
    return switch (status) {
      case BAD_REQUEST -> "the request's path takes percent-encoded UTF-8";
      case NOT_FOUND -> "nothing is served at this path; GET /q/openapi lists what is";
      case METHOD_NOT_ALLOWED -> "the only method is GET";
      case NOT_ACCEPTABLE -> "the header Accept takes what GET /q/openapi lists for this path";
      default -> status.getReasonPhrase();
    };
  }
}
