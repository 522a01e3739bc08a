package dev.tcptop.http.api;

import dev.tcptop.http.guard.Problem;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.core.Response.Status;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The form of {@code /q/metrics} by the header {@code Accept}. Quarkus compares whole media types,
 * and would answer 406 without a body to OpenMetrics that is asked for without a character set.
 */
@ApplicationScoped
public class MetricsNegotiation {
  private static final String PATH = "/q/metrics";

  /** After RequestGuard. */
  private static final int PRIORITY = 200;

  private static final String OPEN_METRICS = "application/openmetrics-text";
  private static final String OPEN_METRICS_1 = OPEN_METRICS + "; version=1.0.0; charset=utf-8";

  void register(@Observes Filters filters) {
    filters.register(MetricsNegotiation::negotiate, PRIORITY);
  }

  private static void negotiate(RoutingContext context) {
    String accept = context.request().getHeader(HttpHeaders.ACCEPT);
    if (accept == null || !PATH.equals(context.request().path())) {
      context.next();
      return;
    }
    String types = accept.toLowerCase(Locale.ROOT);
    boolean takesText = Stream.of("text/plain", "text/*", "*/*").anyMatch(types::contains);
    if (types.contains(OPEN_METRICS) && !takesText) {
      context.request().headers().set(HttpHeaders.ACCEPT, OPEN_METRICS_1);
    } else if (!takesText && !types.contains("text/html")) {
      Problem.end(
          context.response(),
          Status.NOT_ACCEPTABLE,
          "the header Accept takes text/plain or " + OPEN_METRICS);
      return;
    }
    context.next();
  }
}
