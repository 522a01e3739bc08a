package dev.tcptop.http.api;

import dev.tcptop.config.TcptopConfig;
import dev.tcptop.publish.ConnectionFeed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/** The answers under /q/health. */
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
  HealthCheck live() {
    return () -> HealthCheckResponse.named("the tick advances").status(advances()).build();
  }

  @Produces
  @Readiness
  HealthCheck ready() {
    return () ->
        HealthCheckResponse.named("the first frame is published").status(isPublished()).build();
  }

  @Produces
  @Startup
  HealthCheck started() {
    return () ->
        HealthCheckResponse.named("the kernel program is attached").status(isPublished()).build();
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
