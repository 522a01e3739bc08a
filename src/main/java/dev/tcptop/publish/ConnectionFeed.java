package dev.tcptop.publish;

import dev.tcptop.collect.Collector;
import dev.tcptop.collect.Observation;
import dev.tcptop.collect.Reading;
import dev.tcptop.collect.Sample;
import dev.tcptop.config.TcptopConfig;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Losses;
import dev.tcptop.table.ConnectionTable;
import dev.tcptop.table.Frame;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.operators.multi.processors.BroadcastProcessor;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptor;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Holds the table and moves it on: each tick takes a sample and broadcasts a frame. The table
 * belongs to one thread, on which everything here runs; nobody else touches it.
 */
@ApplicationScoped
public class ConnectionFeed {
  private static final Logger LOG = Logger.getLogger(ConnectionFeed.class);

  /** How often closing records are taken, see {@link #drain}. */
  private static final Duration DRAINED = Duration.ofMillis(100);

  /** Closed connections that a listener can have missed, some 5 MB. */
  private static final int CLOSES_KEPT = 10_000;

  /** Events of whole frames, likewise. */
  private static final int EVENTS_KEPT = 20_000;

  private final Collector collector;
  private final Duration interval;
  private final ScheduledThreadPoolExecutor owner =
      new ScheduledThreadPoolExecutor(
          1,
          task -> {
            Thread thread = new Thread(task, "tcptop-table");
            thread.setDaemon(true);
            return thread;
          });
  private final History history = new History(CLOSES_KEPT, EVENTS_KEPT);
  private final BroadcastProcessor<Frame> frames = BroadcastProcessor.create();
  private final AtomicInteger listeners = new AtomicInteger();

  // of the owner's thread
  private @Nullable ConnectionTable table;
  private Frame lastFrame = Frame.NONE;
  private @Nullable Snapshot snapshot;
  private Losses lost = Losses.NONE;
  private boolean lostCloses;

  private volatile @Nullable Progress progress;

  /**
   * The last tick.
   *
   * @param nanoTime when it ended, as {@link System#nanoTime}
   * @param tickNanos that it took, without its listeners
   * @param sample its figures
   * @param total connections held
   */
  public record Progress(long nanoTime, long tickNanos, Sample sample, int total) {}

  @Inject
  ConnectionFeed(Collector collector, TcptopConfig config) {
    this(collector, config.interval());
  }

  ConnectionFeed(Collector collector, Duration interval) {
    this.collector = collector;
    this.interval = interval;
    owner.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** The first frame, before the port is open. A collector that can't be opened ends the start. */
  void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE - 1) StartupEvent event) {
    tick();
    repeat(this::advance, interval);
    repeat(this::drain, DRAINED);
  }

  /** Listeners end first, while their connections are still open. */
  void endListeners(@Observes ShutdownDelayInitiatedEvent event) {
    CompletableFuture.runAsync(frames::onComplete, owner).join();
  }

  void stop(@Observes ShutdownEvent event) {
    owner.shutdown();
  }

  /** A tick out of turn; returns when it is done. */
  void tick() {
    CompletableFuture.runAsync(this::advance, owner).join();
  }

  private void repeat(Runnable task, Duration period) {
    long nanos = period.toNanos();
    repeat(task, nanos, System.nanoTime() + nanos);
  }

  /** A turn that is missed, since the machine was too busy or the process stopped, is left out. */
  private void repeat(Runnable task, long period, long due) {
    Runnable turn =
        () -> {
          try {
            task.run();
          } catch (RuntimeException | Error e) {
            LOG.error("a sample failed, the next one goes on", e);
          }
          long missed = (System.nanoTime() - due) / period;
          repeat(task, period, due + (missed + 1) * period);
        };
    try {
      Future<?> unused = owner.schedule(turn, due - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("stopped");
    }
  }

  /**
   * Between the ticks: takes the closing records, so that the kernel's buffer does not fill,
   * however long the interval and whatever the burst.
   */
  private void drain() {
    sample(Collector.Depth.CLOSED);
  }

  /** Takes a sample and broadcasts a frame; on the owner's thread. */
  private void advance() {
    long start = System.nanoTime();
    ConnectionTable connections = table();
    Sample sample = sample(Collector.Depth.CHANGED);
    // A close that was lost while a walk went on hides from that tick's sweep: the next one finds
    // it.
    boolean swept = lostCloses || sample.lost().since(lost).hidesCloses();
    if (swept) {
      sample = sample(Collector.Depth.REST);
    }
    Frame frame = connections.tick(sample, swept);
    lostCloses = sample.lost().since(lost).hidesCloses();
    lost = sample.lost();
    snapshot = null;
    long end = System.nanoTime();
    progress = new Progress(end, end - start, sample, connections.size());
    lastFrame = frame;
    history.add(frame);
    frames.onNext(frame);
  }

  private Sample sample(Collector.Depth depth) {
    Consumer<Reading> sink = table()::apply;
    return collector.sample(depth, sink);
  }

  private ConnectionTable table() {
    ConnectionTable connections = table;
    if (connections == null) {
      connections = new ConnectionTable(collector.opened());
      table = connections;
    }
    return connections;
  }

  /** All connections as the last frame left them. */
  public CompletionStage<Snapshot> snapshot() {
    return onOwner(this::takeSnapshot);
  }

  /** One connection as the last frame left it. */
  public CompletionStage<Optional<Connection>> connection(long id) {
    return onOwner(() -> Optional.ofNullable(table().get(id)));
  }

  /** One for all who ask before the next tick. */
  private Snapshot takeSnapshot() {
    Snapshot taken = snapshot;
    if (taken == null) {
      taken = new Snapshot(lastFrame, table().all(), lost);
      snapshot = taken;
    }
    return taken;
  }

  /** Gives the listener all connections, then every frame, until it is cancelled. */
  public CompletionStage<Cancellable> join(FrameListener listener) {
    return onOwner(
        () -> {
          listener.begin(takeSnapshot());
          listeners.incrementAndGet();
          Cancellable subscription =
              frames.subscribe().with(listener::next, failure -> listener.end(), listener::end);
          return () -> {
            listeners.decrementAndGet();
            subscription.cancel();
          };
        });
  }

  /** What happened last; a listener's frame is in it by the time that the listener has it. */
  public History history() {
    return history;
  }

  /**
   * Gives a part of the program every frame from now on, on the table's thread. It is no listener:
   * it is not counted, and it is told nothing of what is there already.
   */
  public void eachFrame(Consumer<Frame> part) {
    onOwner(() -> frames.subscribe().with(part)).toCompletableFuture().join();
  }

  /** How connections are observed. */
  public Observation observation() {
    return collector.observation();
  }

  /** The last tick; empty before the first. */
  public Optional<Progress> progress() {
    return Optional.ofNullable(progress);
  }

  /** Listeners at this moment. */
  public int listeners() {
    return listeners.get();
  }

  private <T extends @Nullable Object> CompletionStage<T> onOwner(Supplier<T> task) {
    return CompletableFuture.supplyAsync(task, owner);
  }
}
