package dev.tcptop.http.stream;

import dev.tcptop.http.guard.BadParameterException;
import dev.tcptop.http.guard.HttpErrors;
import dev.tcptop.http.guard.Problem;
import dev.tcptop.http.guard.QueryParameters;
import dev.tcptop.http.stream.EventEncoder.Form;
import dev.tcptop.publish.ConnectionFeed;
import dev.tcptop.publish.Evaluations;
import dev.tcptop.query.Filter;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.core.Response;
import java.util.Set;

/**
 * {@code GET /api/v1/events}. A route of Vert.x and not a REST resource: REST formats and writes
 * each event for each client, while this route writes bytes that all clients without a filter
 * share.
 */
@ApplicationScoped
public class EventsRoute {
  static final String PATH = "/api/v1/events";

  /** The beginning of event ids, which differs from one start of tcptop to the next. */
  private final String run = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);

  /** What all streams may be owed together, beside what they share. */
  private static final long MEMORY_BYTES = 64 << 20;

  private final ConnectionFeed feed;
  private final Evaluations evaluations;
  private final SubscriberMemory memory;
  private final SharedEvents sse;
  private final SharedEvents ndjson;

  EventsRoute(ConnectionFeed feed, Evaluations evaluations) {
    this.feed = feed;
    this.evaluations = evaluations;
    memory = new SubscriberMemory(MEMORY_BYTES, feed.replay()::newest);
    sse = new SharedEvents(new EventEncoder(Form.SSE, run));
    ndjson = new SharedEvents(new EventEncoder(Form.NDJSON, run));
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

  /** Non-blocking, since it takes a millisecond: no worker thread is needed. */
  @Scheduled(every = "1s", skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  @NonBlocking
  void boundMemory() {
    memory.look();
  }

  private static void refuse(RoutingContext request) {
    Problem.end(
        request.response(),
        Response.Status.NOT_ACCEPTABLE,
        "the header Accept takes " + Form.SSE.mediaType + " or " + Form.NDJSON.mediaType);
  }

  private void stream(RoutingContext request) {
    Context context = Vertx.currentContext();
    String query = request.request().query();
    if (query == null) {
      start(request, context, Filter.ALL);
      return;
    }
    // Expressions take a millisecond to compile.
    evaluations
        .requests()
        .execute(
            () -> {
              try {
                Filter filter = QueryParameters.read(query, Set.of("filter")).filter();
                context.runOnContext(nothing -> start(request, context, filter));
              } catch (BadParameterException e) {
                context.runOnContext(nothing -> Problem.end(request.response(), e));
              } catch (RuntimeException | Error e) {
                context.runOnContext(nothing -> request.fail(e));
              }
            });
  }

  private void start(RoutingContext request, Context context, Filter filter) {
    if (request.response().closed()) {
      return;
    }
    // Quarkus compresses nothing that has this header, which it sets beforehand.
    request.response().headers().remove("Content-Encoding");
    SharedEvents events =
        Form.NDJSON.mediaType.equals(request.getAcceptableContentType()) ? ndjson : sse;
    LastEvent seen = LastEvent.of(request.request().getHeader("Last-Event-ID"), run);
    new Subscriber(
            feed, events, filter, seen, request.response(), context, evaluations.streams(), memory)
        .start();
  }
}
