#!/bin/bash
# ScheduledThreadPoolExecutor with setExecuteExistingDelayedTasksAfterShutdownPolicy(false) drops the delayed tasks that
# wait when it is shut down, but not those whose time has come and that only wait for the thread: these still run.
#
# Seen with JDK 17 and 25. What follows: a resource that the tasks use may not be closed when shutdown() returns; a
# task has to ask isShutdown() itself.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/Due.java" <<'END'
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

public class Due {
  public static void main(String[] args) throws Exception {
    ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    executor.schedule(() -> sleep(500), 0, TimeUnit.MILLISECONDS);
    executor.schedule(() -> System.out.println("the due task ran"), 100, TimeUnit.MILLISECONDS);
    executor.schedule(() -> System.out.println("the later task ran"), 10_000, TimeUnit.MILLISECONDS);
    sleep(300); // the second task is due, and the first one still has the thread
    executor.shutdown();
    System.out.println("shut down");
    executor.awaitTermination(5, TimeUnit.SECONDS);
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
END
java -version 2>&1 | head -n 1
output=$(java "$work/Due.java")
echo "$output"
[[ $output == $'shut down\nthe due task ran' ]] || {
    echo 'this changed' >&2
    exit 1
}
