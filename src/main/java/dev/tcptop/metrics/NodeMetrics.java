package dev.tcptop.metrics;

import dev.tcptop.config.TcptopConfig;
import dev.tcptop.publish.ConnectionFeed;
import dev.tcptop.publish.StartOrder;
import dev.tcptop.self.OwnCost;
import dev.tcptop.table.Frame;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * The metrics at /q/metrics. They count from the first frame on, whether or not they are scraped.
 */
@ApplicationScoped
public class NodeMetrics {
  private final ConnectionFeed feed;
  private final ConnectionMeter connections;
  private final CostMeter cost;

  NodeMetrics(ConnectionFeed feed, TcptopConfig config, MeterRegistry registry, OwnCost own) {
    this.feed = feed;
    connections = new ConnectionMeter(registry, config.metrics().topProcesses());
    cost = new CostMeter(registry, feed, own);
  }

  /** Subscribes before the first frame. */
  void start(@Observes @Priority(StartOrder.LISTENERS) StartupEvent event) {
    feed.frames().subscribe().with(this::next);
  }

  /** Non-blocking, since the table's thread gives the place: no worker thread is needed. */
  @Scheduled(every = ProcessBytes.PAUSE, skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  @NonBlocking
  void placeIsDue() {
    connections.placeIsDue();
  }

  private void next(Frame frame) {
    connections.next(frame);
    cost.next();
  }
}
