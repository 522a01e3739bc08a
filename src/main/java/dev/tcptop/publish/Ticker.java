package dev.tcptop.publish;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * The table's thread and its turns, which it takes one after the other at their times. The clock is
 * {@link System#nanoTime}, which never jumps.
 *
 * <p>Quarkus' scheduler does not drive the tick, for two reasons: its simple scheduler looks at its
 * triggers once a second ({@code SimpleScheduler.CHECK_PERIOD}), while an interval may be 100 ms;
 * and it compares the wall clock, so that a clock set back by an hour would stop the tick for an
 * hour.
 */
final class Ticker {
  private static final Logger LOG = Logger.getLogger(Ticker.class);

  private final ScheduledThreadPoolExecutor tableThread =
      new ScheduledThreadPoolExecutor(
          1,
          task -> {
            Thread thread = new Thread(task, "tcptop-table");
            thread.setDaemon(true);
            return thread;
          });

  Ticker() {
    tableThread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** The table's thread; after {@link #stop} it refuses all tasks. */
  Executor tableThread() {
    return tableThread;
  }

  /** Takes a turn out of order, and returns when the turn is done. */
  void take(Runnable turn) {
    CompletableFuture.runAsync(turn, tableThread).join();
  }

  /** Takes a turn once each period from now on. A turn that fails does not end the turns. */
  void repeat(Runnable turn, Duration period) {
    long nanos = period.toNanos();
    repeat(turn, nanos, System.nanoTime() + nanos);
  }

  /** A turn that is missed, on a busy machine or in a stopped process, is left out. */
  private void repeat(Runnable turn, long period, long due) {
    Runnable andTheNext =
        () -> {
          if (tableThread.isShutdown()) {
            return; // the executor keeps a task that was due when it was shut down
          }
          try {
            turn.run();
          } catch (RuntimeException | Error e) {
            LOG.error("a sample failed, the next one goes on", e);
          }
          long missed = (System.nanoTime() - due) / period;
          repeat(turn, period, due + (missed + 1) * period);
        };
    Future<?> unused =
        tableThread.schedule(andTheNext, due - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  /**
   * Ends the turns. The shutdown is a task of the table's thread itself: no turn is under way when
   * it runs, and none runs after it. So what the turns use can be closed when this method returns.
   */
  void stop() {
    try {
      CompletableFuture.runAsync(tableThread::shutdown, tableThread).join();
    } catch (RejectedExecutionException e) {
      LOG.debug("the ticker was stopped before");
    }
  }
}
