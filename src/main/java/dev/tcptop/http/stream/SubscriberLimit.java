package dev.tcptop.http.stream;

import dev.tcptop.config.TcptopConfig;
import dev.tcptop.http.guard.Connections;
import dev.tcptop.http.guard.Problem;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.core.Response.Status;
import java.util.concurrent.atomic.AtomicInteger;

/** Limits the number of event streams at a time: each costs memory while it is behind. */
@ApplicationScoped
public class SubscriberLimit {
  private static final String RETRY_SECONDS = "10";

  private final int limit;
  private final AtomicInteger passed = new AtomicInteger();

  SubscriberLimit(TcptopConfig config, Connections connections) {
    limit = Math.min(config.maxSubscribers(), connections.mostStreams());
  }

  void route(@Observes Router router) {
    router.get(EventsRoute.PATH).order(-1).handler(this::pass);
  }

  private void pass(RoutingContext request) {
    if (passed.incrementAndGet() <= limit) {
      // Also when the client is gone.
      request.addEndHandler(ended -> passed.decrementAndGet());
      request.next();
    } else {
      passed.decrementAndGet();
      Problem.end(
          request.response().putHeader(HttpHeaders.RETRY_AFTER, RETRY_SECONDS),
          Status.SERVICE_UNAVAILABLE,
          "there are "
              + limit
              + " subscribers, as many as the settings tcptop.max-subscribers and"
              + " tcptop.max-connections and the limit of open files allow");
    }
  }
}
