package dev.tcptop.product.support;

import dev.tcptop.Patience;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** Waits for conditions, never for time. */
public final class Await {
  public static final Duration PATIENCE = Patience.LIMIT;

  private Await() {}

  /** The first result of the probe that is not empty. */
  public static <T> T until(Supplier<String> what, Callable<Optional<T>> probe) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Optional<T> found = probe.call();
      if (found.isPresent()) {
        return found.get();
      }
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("not within " + PATIENCE.toSeconds() + " s: " + what.get());
      }
      Thread.sleep(Patience.PAUSE.toMillis());
    }
  }

  public static void untilTrue(String what, Callable<Boolean> condition) throws Exception {
    until(() -> what, () -> condition.call() ? Optional.of(true) : Optional.empty());
  }
}
