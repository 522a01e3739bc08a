package dev.tcptop.http.guard;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.core.Response.Status;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Requests that are refused or fail. What a client does wrong is counted and is no error of tcptop;
 * many of these within a minute make one line in the log. Of tcptop's own faults the first of each
 * minute is logged with its stack trace.
 */
@ApplicationScoped
public class RefusedRequests {
  private static final Logger LOG = Logger.getLogger(RefusedRequests.class);

  /** Before all other handlers of failures. */
  private static final int ORDER = -1_000;

  /** As many refused requests a minute are worth a line. */
  private static final long MANY = 100;

  private static final int LONGEST_TEXT = 80;
  private static final int CLIENT_FAULTS = 400;
  private static final int OWN_FAULTS = 500;

  private final Counter refused;
  private final Counter failed;
  private final AtomicLong refusedThisMinute = new AtomicLong();
  private final AtomicLong failedThisMinute = new AtomicLong();

  RefusedRequests(MeterRegistry registry) {
    refused =
        Counter.builder("tcptop.http.refused")
            .description("HTTP requests that were answered with a status from 400 to 499")
            .register(registry);
    failed =
        Counter.builder("tcptop.http.failed")
            .description("HTTP requests that failed by a fault of tcptop")
            .register(registry);
  }

  void route(@Observes Router router) {
    router.route().order(ORDER).failureHandler(this::fail);
  }

  /** Counts a request by the status of its answer. */
  void ended(RoutingContext request) {
    int status = request.response().getStatusCode();
    if (status >= CLIENT_FAULTS && status < OWN_FAULTS) {
      refused.increment();
      refusedThisMinute.incrementAndGet();
    }
  }

  private void fail(RoutingContext request) {
    int code = request.statusCode();
    boolean own = code < CLIENT_FAULTS || code >= OWN_FAULTS;
    if (own) {
      failed.increment();
      if (failedThisMinute.getAndIncrement() == 0) {
        LOG.errorf(
            request.failure(),
            "a request failed: %s %s",
            request.request().method(),
            printable(request.request().uri()));
      }
    }
    if (request.response().ended()) {
      return;
    }
    if (request.response().headWritten()) {
      request.response().reset();
      return;
    }
    Status known = Status.fromStatusCode(code);
    Status status = known == null ? Status.INTERNAL_SERVER_ERROR : known;
    Problem.end(request.response(), status, own ? status.getReasonPhrase() : detail(request));
    if (!own) {
      ended(request);
    }
  }

  private static String detail(RoutingContext request) {
    Throwable failure = request.failure();
    String message = failure == null ? null : failure.getMessage();
    return message == null
        ? "a request takes a path that begins with / and is percent-encoded UTF-8"
        : printable(message);
  }

  /** A text of a client, for a person: cut, and without control characters. */
  static String printable(@Nullable String text) {
    String all = text == null ? "" : text;
    String cut = all.length() > LONGEST_TEXT ? all.substring(0, LONGEST_TEXT) + "…" : all;
    return cut.replaceAll("\\p{Cntrl}", "?");
  }

  @Scheduled(every = "60s", skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  @NonBlocking
  void logMany() {
    long faults = refusedThisMinute.getAndSet(0);
    if (faults >= MANY) {
      LOG.warnf("%d requests were refused within a minute", faults);
    }
    long own = failedThisMinute.getAndSet(0);
    if (own > 1) {
      LOG.errorf("%d requests failed within a minute", own);
    }
  }
}
