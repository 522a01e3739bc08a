package dev.tcptop.publish;

import dev.tcptop.collect.Collector;
import java.time.Duration;

/** A feed whose ticks a test makes. */
public final class StagedFeed {
  private final ConnectionFeed feed;

  public StagedFeed(Collector collector) {
    feed = new ConnectionFeed(collector, Duration.ofSeconds(1));
  }

  public ConnectionFeed feed() {
    return feed;
  }

  /** Returns when the tick is done. */
  public void tick() {
    feed.tick();
  }
}
