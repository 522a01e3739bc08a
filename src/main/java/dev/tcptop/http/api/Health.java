package dev.tcptop.http.api;

import dev.tcptop.config.TcptopConfig;
import dev.tcptop.publish.ConnectionFeed;
import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/**
 * The answers under /q/health. The checks are asynchronous, so that Quarkus makes them on the event
 * loop: checks of the other kind wait for a worker thread, and other requests may hold all of
 * these.
 */
@ApplicationScoped
public class Health {
  /** A tick may be this late on a busy machine without being a reason to restart tcptop. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ConnectionFeed feed;
  private final TcptopConfig config;
  private final LongSupplier nanoTime;

  @Inject
  Health(ConnectionFeed feed, TcptopConfig config) {
    this(feed, config, System::nanoTime);
  }

  Health(ConnectionFeed feed, TcptopConfig config, LongSupplier nanoTime) {
    this.feed = feed;
    this.config = config;
    this.nanoTime = nanoTime;
  }

  @Produces
  @Liveness
  AsyncHealthCheck live() {
    return () -> check("the tick advances", advances());
  }

  @Produces
  @Readiness
  AsyncHealthCheck ready() {
    return () -> check("the first frame is published", isPublished());
  }

  @Produces
  @Startup
  AsyncHealthCheck started() {
    return () -> check("the kernel program is attached", isPublished());
  }

  private static Uni<HealthCheckResponse> check(String name, boolean up) {
    return Uni.createFrom().item(HealthCheckResponse.named(name).status(up).build());
  }

  private boolean isPublished() {
    return feed.progress().isPresent();
  }

  private boolean advances() {
    Duration allowed = config.interval().multipliedBy(2).plus(PATIENCE);
    return feed.progress()
        .map(last -> nanoTime.getAsLong() - last.nanoTime() < allowed.toNanos())
        .orElse(false);
  }
}
