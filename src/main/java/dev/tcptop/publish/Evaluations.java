package dev.tcptop.publish;

import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that filters and sort orders are evaluated on, whoever asks: never on an event loop
 * or the table's thread, so that no expression can hold up health, the tick or other clients.
 * Requests and streams have threads of their own, half as many each as there are processors. The
 * callers bound the queues: a request has a place before it is evaluated, and a stream has one task
 * at a time.
 */
@ApplicationScoped
public class Evaluations {
  private static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
  private static final int IDLE_SECONDS = 30;

  private final ThreadPoolExecutor requests = pool("tcptop-request");
  private final ThreadPoolExecutor streams = pool("tcptop-stream");

  /** The launcher has the JVM pass priorities on to the kernel. */
  @SuppressWarnings("ThreadPriorityCheck") // nothing relies on it: it only lets others go first
  private static ThreadPoolExecutor pool(String name) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              thread.setPriority(Thread.MIN_PRIORITY);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    // What is begun after the end is nobody's any more.
    pool.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
    return pool;
  }

  /** Evaluates for answers that end. */
  public Executor requests() {
    return requests;
  }

  /** Evaluates for streams: each task is short, and a stream waits for its turn. */
  public Executor streams() {
    return streams;
  }

  void stop(@Observes ShutdownEvent event) {
    requests.shutdownNow();
    streams.shutdownNow();
  }
}
