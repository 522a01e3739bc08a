package dev.tcptop.http.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.eclipse.microprofile.health.HealthCheckResponse.Status.DOWN;
import static org.eclipse.microprofile.health.HealthCheckResponse.Status.UP;

import dev.tcptop.collect.CollectorException;
import dev.tcptop.collect.Errno;
import dev.tcptop.collect.Reading;
import dev.tcptop.collect.Sample;
import dev.tcptop.collect.ScriptedCollector;
import dev.tcptop.config.TcptopConfig;
import dev.tcptop.publish.StagedFeed;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.health.api.AsyncHealthCheck;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What health says of a feed whose ticks and clock are the test's. Over HTTP: HttpTest. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HealthTest {
  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final Duration ALLOWED = INTERVAL.multipliedBy(2).plus(Health.PATIENCE);

  private final Stalling collector = new Stalling();
  private final StagedFeed staged = new StagedFeed(collector);
  private long ahead;
  private final Health health =
      new Health(
          staged.feed(),
          new SmallRyeConfigBuilder()
              .withMapping(TcptopConfig.class)
              .withSources(
                  new PropertiesConfigSource(
                      Map.of("tcptop.interval", INTERVAL.toSeconds() + "s"), "test", 250))
              .build()
              .getConfigMapping(TcptopConfig.class),
          () -> System.nanoTime() + ahead);

  /** Does not come back from the kernel while it is stalled. */
  private static final class Stalling extends ScriptedCollector {
    private volatile CountDownLatch going = new CountDownLatch(0);
    private final CountDownLatch reached = new CountDownLatch(1);
    private volatile boolean failing;

    void fail() {
      failing = true;
    }

    void stall() {
      going = new CountDownLatch(1);
    }

    void goOn() {
      going.countDown();
    }

    void awaitStall() throws InterruptedException {
      reached.await();
    }

    @Override
    public Sample sample(Depth depth, Consumer<Reading> sink) {
      CountDownLatch gate = going;
      if (gate.getCount() > 0) {
        reached.countDown();
      }
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      if (failing) {
        throw new CollectorException("read", Errno.EINVAL, "", "");
      }
      return super.sample(depth, sink);
    }
  }

  private static HealthCheckResponse.Status status(AsyncHealthCheck check) {
    return check.call().await().indefinitely().getStatus();
  }

  private void pass(Duration time) {
    ahead += time.toNanos();
  }

  @Test
  void beforeTheFirstFrameNothingIsUp() {
    assertThat(status(health.started())).isEqualTo(DOWN);
    assertThat(status(health.ready())).isEqualTo(DOWN);
    assertThat(status(health.live())).isEqualTo(DOWN);
  }

  @Test
  void afterTheFirstFrameAllAreUp() {
    staged.tick();

    assertThat(status(health.started())).isEqualTo(UP);
    assertThat(status(health.ready())).isEqualTo(UP);
    assertThat(status(health.live())).isEqualTo(UP);
  }

  @Test
  void aTickThatDoesNotEndTurnsLivenessDownAndItsEndUpAgain() throws InterruptedException {
    staged.tick();
    collector.stall();
    Thread ticking = new Thread(staged::tick);
    ticking.start();
    collector.awaitStall();

    pass(INTERVAL.multipliedBy(2));
    assertThat(status(health.live())).as("late, but not yet stalled").isEqualTo(UP);
    pass(Health.PATIENCE);
    assertThat(status(health.live())).isEqualTo(DOWN);
    assertThat(status(health.ready())).as("the last frame is still served").isEqualTo(UP);

    collector.goOn();
    ticking.join();
    ahead = 0;
    assertThat(status(health.live())).isEqualTo(UP);
  }

  @Test
  void aTickThatFailsAgainAndAgainTurnsLivenessDown() {
    staged.tick();
    collector.fail();
    pass(ALLOWED);
    assertThatThrownBy(staged::tick).hasCauseInstanceOf(CollectorException.class);

    assertThat(status(health.live())).isEqualTo(DOWN);
  }
}
