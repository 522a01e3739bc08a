package dev.tcptop.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tcptop.Patience;
import dev.tcptop.collect.ScriptedCollector;
import dev.tcptop.collect.ScriptedReading;
import dev.tcptop.model.Connection;
import dev.tcptop.table.Frame;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.smallrye.mutiny.subscription.Cancellable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A feed whose ticks the test makes. Its snapshots: SnapshotTest. */
@Timeout(60)
class ConnectionFeedTest {
  private final ScriptedCollector collector = new ScriptedCollector();
  private final ConnectionFeed feed = new ConnectionFeed(collector, Duration.ofSeconds(1));

  @AfterEach
  void stop() {
    feed.stop("the end");
  }

  private void end() {
    feed.endListeners(new ShutdownDelayInitiatedEvent());
  }

  /** Keeps what it is told; the ranges of sequence numbers, since their ends show each gap. */
  private static final class Kept implements FrameListener {
    private final List<String> told = new CopyOnWriteArrayList<>();
    private volatile long next = -1;

    @Override
    public void begin(Snapshot present) {
      told.add("begin");
      next = present.frame().lastSequence() + 1;
    }

    @Override
    public void next(Frame frame) {
      told.add(frame.sequence() == next ? "next" : "gap");
      next = frame.lastSequence() + 1;
    }

    @Override
    public void end() {
      told.add("end");
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + Patience.LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(1);
    }
  }

  private Kept subscribed() throws InterruptedException {
    Kept listener = new Kept();
    feed.subscribe(listener);
    await(() -> !listener.told.isEmpty());
    return listener;
  }

  @Test
  void aListenerIsGivenTheTableAndThenEachFrame() throws InterruptedException {
    collector.report(ScriptedReading.tcp(1));
    feed.tick();
    Kept listener = subscribed();
    feed.tick();
    feed.tick();

    assertThat(listener.told).containsExactly("begin", "next", "next");
  }

  @Test
  void listenersThatComeWhileItTicksMissNothing() throws InterruptedException {
    Thread ticking =
        new Thread(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                collector.report(ScriptedReading.tcp(1).bytes(System.nanoTime(), 0));
                feed.tick();
              }
            });
    ticking.start();
    List<Kept> listeners = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      listeners.add(subscribed());
    }
    for (Kept listener : listeners) {
      await(() -> listener.told.size() > 10);
    }
    ticking.interrupt();
    ticking.join();

    assertThat(listeners)
        .allSatisfy(
            listener -> {
              assertThat(listener.told.get(0)).isEqualTo("begin");
              assertThat(listener.told.subList(1, listener.told.size())).containsOnly("next");
            });
  }

  @Test
  void aFrameIsInTheReplayWhenAListenerIsGivenIt() throws InterruptedException {
    List<Long> newest = new ArrayList<>();
    List<Long> last = new ArrayList<>();
    feed.frames()
        .subscribe()
        .with(
            frame -> {
              last.add(frame.lastSequence());
              newest.add(feed.replay().newest());
            });
    feed.tick();
    feed.tick();

    assertThat(newest).hasSize(2).isEqualTo(last);
  }

  @Test
  void aCancelledListenerIsGivenNoFrameAndIsNotCounted() throws InterruptedException {
    Kept listener = new Kept();
    Cancellable subscription = feed.subscribe(listener);
    feed.tick();
    assertThat(feed.listeners()).isOne();
    subscription.cancel();
    subscription.cancel();
    await(() -> feed.listeners() == 0);
    feed.tick();

    assertThat(listener.told).containsExactly("begin", "next");
  }

  @Test
  void framesAloneAreNotCounted() {
    feed.frames().subscribe().with(frame -> {});
    feed.tick();

    assertThat(feed.listeners()).isZero();
  }

  @Test
  void listenersAreToldTheEndOnceAndTicksGoOn() throws InterruptedException {
    Kept listener = subscribed();
    boolean[] completed = new boolean[1];
    feed.frames().subscribe().with(frame -> {}, () -> completed[0] = true);
    end();
    feed.tick();

    assertThat(listener.told).containsExactly("begin", "end");
    assertThat(completed[0]).isTrue();
    assertThat(feed.listeners()).isZero();
  }

  @Test
  void whoComesAfterTheEndIsToldSo() throws InterruptedException {
    end();
    Kept listener = subscribed();
    await(() -> listener.told.size() == 2);

    assertThat(listener.told).containsExactly("begin", "end");
    assertThat(feed.listeners()).isZero();
  }

  @Test
  void afterTheStopNothingIsAnswered() {
    feed.tick();
    feed.stop("the end");
    Kept listener = new Kept();
    feed.subscribe(listener).cancel();

    assertThat(listener.told).containsExactly("end");
    assertThatThrownBy(() -> feed.snapshot().await().indefinitely())
        .isInstanceOf(RejectedExecutionException.class);
    assertThatThrownBy(() -> feed.connection(1).await().indefinitely())
        .isInstanceOf(RejectedExecutionException.class);
  }

  @Test
  void oneConnectionIsAnsweredAsTheLastFrameLeftIt() {
    collector.report(ScriptedReading.tcp(7));
    feed.tick();

    assertThat(feed.connection(7).await().indefinitely()).map(Connection::id).contains(7L);
    assertThat(feed.connection(8).await().indefinitely()).isEmpty();
  }

  @Test
  void anAnswerDoesNotHoldUpTheTablesThread() {
    String thread =
        feed.snapshot().map(taken -> Thread.currentThread().getName()).await().indefinitely();

    assertThat(thread).isNotEqualTo("tcptop-table");
  }
}
