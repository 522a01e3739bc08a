package dev.tcptop.http;

import dev.tcptop.http.EventEncoder.Form;
import dev.tcptop.publish.ConnectionFeed;
import dev.tcptop.query.Filter;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.core.Response;
import java.util.Set;

/**
 * {@code GET /api/v1/events}. A route of Vert.x and not a REST resource: that layer formats and
 * writes each event for each client, this one writes bytes that all clients without a filter share.
 */
@ApplicationScoped
public class EventsRoute {
  static final String PATH = "/api/v1/events";

  /** Another one at each start of the program: event ids begin with it. */
  private final String run = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);

  private final ConnectionFeed feed;
  private final EventEncoder sse;
  private final EventEncoder ndjson;

  EventsRoute(ConnectionFeed feed) {
    this.feed = feed;
    sse = new EventEncoder(Form.SSE, run);
    ndjson = new EventEncoder(Form.NDJSON, run);
  }

  void route(@Observes Router router) {
    router
        .get(PATH)
        .produces(Form.SSE.mediaType)
        .produces(Form.NDJSON.mediaType)
        .handler(this::stream);
    router.get(PATH).handler(EventsRoute::refuse);
    router.route(PATH).handler(HttpErrors::endOtherMethod);
  }

  private static void refuse(RoutingContext request) {
    Problem.end(
        request.response(),
        Response.Status.NOT_ACCEPTABLE,
        "the header Accept takes " + Form.SSE.mediaType + " or " + Form.NDJSON.mediaType);
  }

  private void stream(RoutingContext request) {
    Filter filter;
    try {
      filter = QueryParameters.read(request.request().query(), Set.of("filter")).filter();
    } catch (BadParameterException e) {
      Problem.end(request.response(), e);
      return;
    }
    // Quarkus compresses nothing that has this header, which it sets beforehand.
    request.response().headers().remove("Content-Encoding");
    EventEncoder encoder =
        Form.NDJSON.mediaType.equals(request.getAcceptableContentType()) ? ndjson : sse;
    LastEvent seen = LastEvent.of(request.request().getHeader("Last-Event-ID"), run);
    new EventStream(feed, encoder, filter, seen, request.response(), Vertx.currentContext())
        .start();
  }
}
