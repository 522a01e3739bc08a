package dev.tcptop.http.api;

import dev.tcptop.config.TcptopConfig;
import dev.tcptop.http.guard.BadParameterException;
import dev.tcptop.http.guard.HttpErrors;
import dev.tcptop.http.guard.Problem;
import dev.tcptop.http.guard.QueryParameters;
import dev.tcptop.model.Connection;
import dev.tcptop.publish.ConnectionFeed;
import dev.tcptop.publish.Evaluations;
import dev.tcptop.publish.Snapshot;
import dev.tcptop.query.Budget;
import dev.tcptop.query.BudgetExceededException;
import dev.tcptop.query.Query;
import dev.tcptop.self.Node;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response.Status;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * {@code GET /api/v1/connections}: the table as the last tick left it. A route of Vert.x and not a
 * REST resource: REST would hold a worker thread until the client has read its answer, while this
 * route evaluates the query on a thread for that, and writes as the socket drains.
 */
@ApplicationScoped
public class SnapshotRoute {
  static final String PATH = "/api/v1/connections";

  /** Snapshots in progress at a time. */
  private static final int PLACES = 16;

  private static final Duration BUDGET = Duration.ofSeconds(2);
  private static final String RETRY_SECONDS = "2";
  private static final Set<String> PARAMETERS = Set.of("filter", "sort", "limit");
  private static final Logger LOG = Logger.getLogger(SnapshotRoute.class);

  private final ConnectionFeed feed;
  private final Evaluations evaluations;
  private final SnapshotPlaces places = new SnapshotPlaces(PLACES, System::nanoTime);
  private final long intervalMillis;
  private final String node;

  SnapshotRoute(ConnectionFeed feed, Evaluations evaluations, TcptopConfig config, Node node) {
    this.feed = feed;
    this.evaluations = evaluations;
    intervalMillis = config.interval().toMillis();
    this.node = node.name();
  }

  void route(@Observes Router router) {
    router.get(PATH).produces(MediaType.APPLICATION_JSON).handler(this::answer);
    router.get(PATH).handler(SnapshotRoute::refuse);
    router.route(PATH).handler(HttpErrors::endOtherMethod);
  }

  private static void refuse(RoutingContext request) {
    Problem.end(
        request.response(),
        Status.NOT_ACCEPTABLE,
        "the header Accept takes " + MediaType.APPLICATION_JSON);
  }

  private void answer(RoutingContext request) {
    HttpServerResponse response = request.response();
    Context context = Vertx.currentContext();
    AtomicBoolean gone = new AtomicBoolean();
    if (!places.take(
        gone, () -> context.runOnContext(n -> request.request().connection().close()))) {
      Problem.end(
          response.putHeader(HttpHeaders.RETRY_AFTER, RETRY_SECONDS),
          Status.SERVICE_UNAVAILABLE,
          PLACES + " snapshots are in progress, as many as there can be at a time");
      return;
    }
    // Also when the client is gone.
    request.addEndHandler(
        ended -> {
          gone.set(true);
          places.leave(gone);
        });
    feed.snapshot(evaluations.requests())
        .subscribe()
        .with(
            snapshot -> evaluate(snapshot, request, context, gone),
            failure -> context.runOnContext(nothing -> request.fail(failure)));
  }

  /** On a thread for evaluations. */
  private void evaluate(
      Snapshot snapshot, RoutingContext request, Context context, AtomicBoolean gone) {
    try {
      Query query = QueryParameters.read(request.request().query(), PARAMETERS);
      List<Connection> shown = query.select(snapshot.connections(), new Budget(BUDGET, gone::get));
      SnapshotBody body = new SnapshotBody(node, intervalMillis, snapshot, shown);
      context.runOnContext(nothing -> new SnapshotAnswer(request, body).start());
    } catch (CancellationException e) {
      LOG.debug("the client is gone", e);
    } catch (BadParameterException e) {
      refuse(context, gone, () -> Problem.end(request.response(), e));
    } catch (BudgetExceededException e) {
      String detail = String.valueOf(e.getMessage());
      refuse(
          context, gone, () -> Problem.end(request.response(), Status.SERVICE_UNAVAILABLE, detail));
    } catch (RuntimeException | Error e) {
      refuse(context, gone, () -> request.fail(e));
    }
  }

  private static void refuse(Context context, AtomicBoolean gone, Runnable answer) {
    context.runOnContext(
        nothing -> {
          if (!gone.get()) {
            answer.run();
          }
        });
  }
}
