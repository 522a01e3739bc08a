package dev.tcptop.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tcptop.Patience;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TickerTest {
  private static final Duration PERIOD = Duration.ofMillis(5);

  private final Ticker ticker = new Ticker();
  private final AtomicInteger turns = new AtomicInteger();

  @AfterEach
  void stop() {
    ticker.stop();
  }

  private void awaitTurns(int number) throws InterruptedException {
    int wanted = turns.get() + number;
    long deadline = System.nanoTime() + Patience.LIMIT.toNanos();
    while (turns.get() < wanted) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(PERIOD.toMillis());
    }
  }

  @Test
  void aTurnIsTakenOnTheTablesThreadAndDoneOnReturn() {
    String[] thread = new String[1];
    ticker.take(() -> thread[0] = Thread.currentThread().getName());

    assertThat(thread[0]).isEqualTo("tcptop-table");
  }

  @Test
  void aTurnOutOfOrderThatFailsTellsItsCaller() {
    IllegalStateException failure = new IllegalStateException("staged");

    assertThatThrownBy(
            () ->
                ticker.take(
                    () -> {
                      throw failure;
                    }))
        .isInstanceOf(CompletionException.class)
        .hasCause(failure);
  }

  @Test
  void turnsGoOnThoughSomeAreMissed() throws InterruptedException {
    AtomicBoolean late = new AtomicBoolean();
    ticker.repeat(turns::incrementAndGet, PERIOD);
    awaitTurns(1);
    ticker.take(
        () -> {
          sleep(PERIOD.multipliedBy(20));
          late.set(true);
        });
    assertThat(late).isTrue();
    awaitTurns(3);
  }

  private static void sleep(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The turn that is under way ends, and no later one begins: what it uses can be closed. */
  @Test
  void stoppingWaitsForTheTurnAndEndsAllTurns() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch held = new CountDownLatch(1);
    AtomicBoolean inUse = new AtomicBoolean();
    ticker.repeat(turns::incrementAndGet, PERIOD);
    ticker.repeat(
        () -> {
          inUse.set(true);
          begun.countDown();
          try {
            held.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          inUse.set(false);
        },
        PERIOD);
    begun.await();
    AtomicBoolean stopped = new AtomicBoolean();
    Thread stopping =
        new Thread(
            () -> {
              ticker.stop();
              stopped.set(!inUse.get());
            });
    stopping.start();
    sleep(PERIOD.multipliedBy(10));
    assertThat(stopping.isAlive()).as("it waits").isTrue();

    held.countDown();
    stopping.join();
    assertThat(stopped).as("no turn was under way any more").isTrue();
    int last = turns.get();
    sleep(PERIOD.multipliedBy(20));
    assertThat(turns).hasValue(last);
  }

  @Test
  void afterTheEndEveryTaskIsRefused() {
    ticker.stop();
    ticker.stop();

    assertThatThrownBy(() -> ticker.take(turns::incrementAndGet))
        .isInstanceOf(RejectedExecutionException.class);
    assertThatThrownBy(() -> ticker.tableThread().execute(turns::incrementAndGet))
        .isInstanceOf(RejectedExecutionException.class);
    assertThat(turns).hasValue(0);
  }
}
