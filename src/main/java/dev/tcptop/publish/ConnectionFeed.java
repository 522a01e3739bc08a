package dev.tcptop.publish;

import dev.tcptop.collect.Collector;
import dev.tcptop.collect.Observation;
import dev.tcptop.config.TcptopConfig;
import dev.tcptop.model.Connection;
import dev.tcptop.table.Frame;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.operators.multi.processors.BroadcastProcessor;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Reception;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The table's frames and answers, for all parts of the program. Each tick makes one frame, which
 * every listener is given. The table belongs to the {@linkplain Ticker table's thread}: no other
 * thread touches it.
 */
@ApplicationScoped
public class ConnectionFeed {
  /** How often closing records are taken between the ticks. */
  private static final Duration DRAIN_PERIOD = Duration.ofMillis(100);

  /** Closed connections that a listener can have missed, some 5 MB. */
  private static final int CLOSES_KEPT = 10_000;

  /** Events of whole frames, likewise. */
  private static final int EVENTS_KEPT = 20_000;

  private final Collector collector;
  private final Duration interval;
  private final LiveTable table;
  private final Ticker ticker = new Ticker();
  private final Replay replay = new Replay(CLOSES_KEPT, EVENTS_KEPT);
  private final BroadcastProcessor<Frame> frames = BroadcastProcessor.create();
  private final AtomicInteger listeners = new AtomicInteger();
  private volatile @Nullable Progress progress;

  @Inject
  ConnectionFeed(Collector collector, TcptopConfig config) {
    this(collector, config.interval());
  }

  ConnectionFeed(Collector collector, Duration interval) {
    this.collector = collector;
    this.interval = interval;
    table = new LiveTable(collector);
  }

  /** Makes the first frame before the port is open. A collector that fails ends the start. */
  void start(@Observes @Priority(StartOrder.FIRST_TICK) StartupEvent event) {
    tick();
    ticker.repeat(this::advance, interval);
    ticker.repeat(table::drain, DRAIN_PERIOD);
  }

  /** Listeners end first, while their connections are still open. */
  void endListeners(@Observes ShutdownDelayInitiatedEvent event) {
    ticker.take(frames::onComplete);
  }

  /**
   * No turn may run once the collector is closed, at any end: this event comes before any bean is
   * destroyed, also after a start that failed.
   */
  void stop(
      @Observes(notifyObserver = Reception.IF_EXISTS) @BeforeDestroyed(ApplicationScoped.class)
          Object event) {
    ticker.stop();
  }

  /** A tick out of order; returns when the tick is done. */
  void tick() {
    ticker.take(this::advance);
  }

  /** Publishes the next frame. On the table's thread. */
  private void advance() {
    long start = System.nanoTime();
    Frame frame = table.advance();
    long end = System.nanoTime();
    progress = new Progress(end, end - start, table.sample(), frame.total());
    replay.add(frame);
    frames.onNext(frame);
  }

  /** All connections as the last frame left them. Emitted on a worker thread. */
  public Uni<Snapshot> snapshot() {
    return snapshot(Infrastructure.getDefaultExecutor());
  }

  /**
   * All connections as the last frame left them.
   *
   * @param executor emits the answer
   */
  public Uni<Snapshot> snapshot(Executor executor) {
    return ask(table::snapshot, executor);
  }

  /** One connection as the last frame left it. Emitted on a worker thread. */
  public Uni<Optional<Connection>> connection(long id) {
    return ask(() -> table.connection(id), Infrastructure.getDefaultExecutor());
  }

  /** An answer of the table, handed over so that no reader can hold up the table's thread. */
  private <T> Uni<T> ask(Supplier<T> question, Executor executor) {
    return Uni.createFrom().item(question).runSubscriptionOn(ticker.tableThread()).emitOn(executor);
  }

  /**
   * Every frame from now on, to the end of the program. Emitted on the table's thread: a subscriber
   * hands the work on or does little, and has to request frames before they come.
   */
  public Multi<Frame> frames() {
    return frames;
  }

  /**
   * Gives the listener all connections and then every frame, in order and without a gap, until it
   * is cancelled or told the end. A cancelled listener may still be given what was under way.
   */
  public Cancellable subscribe(FrameListener listener) {
    Uni<Cancellable> subscription =
        Uni.createFrom()
            .item(() -> join(listener))
            .runSubscriptionOn(ticker.tableThread())
            .memoize()
            .indefinitely();
    subscription.subscribe().with(joined -> {}, failure -> listener.end());
    return () -> subscription.subscribe().with(Cancellable::cancel, failure -> {});
  }

  /** On the table's thread, so that no frame comes between the connections and the first frame. */
  private Cancellable join(FrameListener listener) {
    listener.begin(table.snapshot());
    listeners.incrementAndGet();
    return frames
        .onTermination()
        .invoke(listeners::decrementAndGet)
        .subscribe()
        .with(listener::next, failure -> listener.end(), listener::end);
  }

  /** The last events; a frame is among them by the time that a listener is given it. */
  public Replay replay() {
    return replay;
  }

  /** How connections are observed. */
  public Observation observation() {
    return collector.observation();
  }

  /** The last tick; empty before the first. */
  public Optional<Progress> progress() {
    return Optional.ofNullable(progress);
  }

  /** Listeners that are subscribed at this moment. */
  public int listeners() {
    return listeners.get();
  }
}
