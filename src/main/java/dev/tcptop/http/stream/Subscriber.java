package dev.tcptop.http.stream;

import dev.tcptop.publish.ConnectionFeed;
import dev.tcptop.publish.FrameListener;
import dev.tcptop.publish.Replay;
import dev.tcptop.publish.Selection;
import dev.tcptop.publish.Snapshot;
import dev.tcptop.query.BudgetExceededException;
import dev.tcptop.query.Filter;
import dev.tcptop.table.Frame;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One subscriber: all connections first, then a frame a tick. Nothing is kept for one that does not
 * read. When it goes on it gets what the {@link Replay} has for it, merged; if the replay does not
 * reach back to its {@link Position}, it gets the closes that it missed, or a gap, and all
 * connections anew, like a client that comes back. A filter selects from what is written, a piece
 * at a time, on a thread for evaluations; a filter that takes more than its time makes a gap and a
 * pause. All else runs on the event loop of the HTTP connection.
 */
final class Subscriber implements FrameListener, SubscriberMemory.Member {
  private static final Logger LOG = Logger.getLogger(Subscriber.class);

  /** Half of the longest silence: proxies cut what is idle, some after half a minute. */
  private static final long HEARTBEAT_MILLIS = 7_500;

  /** With this much on its way to the socket, the socket counts as full. */
  private static final int QUEUE_BYTES = 16 << 10;

  /** Pieces that are written before others on the same event loop have their turn. */
  private static final int PIECES_A_TURN = 4;

  /** After as many frames, what is pending for a client that takes nothing is given up. */
  static final int LONGEST_STALL_FRAMES = 30;

  /** A filter that took too much time is tried again after this. */
  private static final long PAUSE_MILLIS = 30_000;

  private final ConnectionFeed feed;
  private final SharedEvents events;
  private final Selection selection;
  private final Position<Pieces> position;
  private final HttpServerResponse response;
  private final Context context;
  private final Executor evaluations;
  private final SubscriberMemory memory;

  /** The event after which the next beginning goes on. */
  private LastEvent seen;

  private @Nullable Cancellable subscription;

  /** Whether the connections of a beginning have not come yet. */
  private boolean beginning;

  /**
   * Whether a thread for evaluations has the pending pieces and the selection. Nobody else touches
   * them meanwhile.
   */
  private boolean evaluating;

  /** Whether what is pending has to be given up once that thread is done. */
  private boolean givesUp;

  private boolean paused;
  private boolean yielding;
  private boolean quiet;
  private volatile boolean ended;
  private long heartbeat;
  private int stalledFrames;

  // written on the event loop, read by the memory's watch
  private volatile long unsentBytes;
  private volatile long selectionBytes;
  private volatile @Nullable Object source;

  /** Since when the socket takes nothing though there is more, as System.nanoTime; 0: it does. */
  private volatile long behindSince;

  /**
   * @param seen by the client, before it came
   * @param evaluations where filters are evaluated
   */
  Subscriber(
      ConnectionFeed feed,
      SharedEvents events,
      Filter filter,
      LastEvent seen,
      HttpServerResponse response,
      Context context,
      Executor evaluations,
      SubscriberMemory memory) {
    this.feed = feed;
    this.events = events;
    this.selection = new Selection(filter);
    this.position = new Position<>(feed.replay(), !selection.isAll());
    this.seen = seen;
    this.response = response;
    this.context = context;
    this.evaluations = evaluations;
    this.memory = memory;
  }

  void start() {
    response.setChunked(true);
    response.setWriteQueueMaxSize(QUEUE_BYTES);
    response.putHeader("Content-Type", events.encoder().form().mediaType + ";charset=UTF-8");
    response.putHeader("Cache-Control", "no-store");
    response.putHeader("X-Accel-Buffering", "no"); // a proxy such as nginx holds nothing back
    response.closeHandler(nothing -> leave());
    response.exceptionHandler(failure -> leave());
    response.drainHandler(nothing -> pump());
    heartbeat = context.owner().setPeriodic(HEARTBEAT_MILLIS, nothing -> beat());
    memory.add(this);
    write(events.encoder().preamble());
    subscribe();
  }

  private void subscribe() {
    beginning = true;
    subscription = feed.subscribe(this);
  }

  @Override
  public void begin(Snapshot snapshot) {
    context.runOnContext(nothing -> take(snapshot));
  }

  @Override
  public void next(Frame frame) {
    context.runOnContext(nothing -> take(frame));
  }

  @Override
  public void end() {
    context.runOnContext(nothing -> finish());
  }

  private void take(Snapshot snapshot) {
    if (ended) {
      return;
    }
    position.begin(
        events.present(snapshot, seen, feed.replay(), selection),
        seen.sequence(),
        snapshot.frame().lastSequence());
    beginning = false;
    pump();
  }

  private void take(Frame frame) {
    if (ended || beginning || paused) {
      return; // the beginning has it
    }
    if (!response.writeQueueFull()) {
      stalledFrames = 0;
    } else if (++stalledFrames == LONGEST_STALL_FRAMES) {
      giveUp();
    }
    if (!evaluating && position.isNext(frame) && !response.writeQueueFull()) {
      position.queue(events.frame(frame, selection), frame);
    }
    pump();
  }

  /** Writes what is pending, as far as the socket takes it. */
  private void pump() {
    int pieces = 0;
    while (mayWrite()) {
      switch (position.step()) {
        case WRITE -> {
          Pieces pending = Objects.requireNonNull(position.pending());
          if (!pending.isReady()) {
            elsewhere(pending::next, this::write);
          } else if (pieces++ == PIECES_A_TURN) {
            letOthersGoFirst();
            return;
          } else {
            write(pending.next());
          }
        }
        case CATCH_UP -> catchUp();
        case WAIT -> {
          account();
          return;
        }
      }
    }
    account();
  }

  private boolean mayWrite() {
    return !ended && !beginning && !paused && !evaluating && !response.writeQueueFull();
  }

  private void letOthersGoFirst() {
    if (!yielding) {
      yielding = true;
      context.runOnContext(
          nothing -> {
            yielding = false;
            pump();
          });
    }
  }

  private void catchUp() {
    long after = position.queuedTo();
    if (position.beginsAnew()) {
      beginAnew();
      return;
    }
    elsewhere(
        () -> feed.replay().since(after),
        missed -> {
          if (missed != null) {
            position.queue(events.merged(missed, after, selection), missed);
          } else {
            beginAnew();
          }
        });
  }

  private void beginAnew() {
    seen = LastEvent.after(position.queuedTo());
    cancel();
    subscribe();
  }

  /** Computes something on a thread for evaluations, and goes on with it here. */
  private <T> void elsewhere(Supplier<T> computation, Consumer<T> use) {
    evaluating = true;
    evaluations.execute(
        () -> {
          if (ended) {
            return;
          }
          try {
            T result = computation.get();
            context.runOnContext(nothing -> goOn(() -> use.accept(result)));
          } catch (BudgetExceededException e) {
            context.runOnContext(nothing -> goOn(this::pause));
          } catch (RuntimeException | Error e) {
            LOG.error("a stream ends, since its events cannot be made", e);
            context.runOnContext(nothing -> goOn(this::finish));
          }
        });
  }

  private void goOn(Runnable next) {
    evaluating = false;
    if (ended) {
      position.end();
      return;
    }
    if (givesUp) {
      giveUp();
    } else {
      next.run();
      position.giveUpForgotten();
    }
    pump();
  }

  /** Makes a gap of what is pending, and begins anew after a while. */
  private void pause() {
    write(events.encoder().encode(List.of(Event.gap(-1))));
    giveUp();
    paused = true;
    context
        .owner()
        .setTimer(
            PAUSE_MILLIS,
            nothing -> {
              paused = false;
              pump();
            });
  }

  /** Frees what is kept for the client; when it reads on, it begins anew. */
  private void giveUp() {
    givesUp = evaluating;
    if (!evaluating && !beginning) {
      position.giveUp();
      selection.begin();
      account();
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written on the event loop alone
  private void write(Buffer bytes) {
    if (bytes.length() > 0) {
      quiet = false;
      stalledFrames = 0;
      unsentBytes += bytes.length();
      response.write(bytes, sent -> unsentBytes -= bytes.length());
    }
  }

  private void beat() {
    if (quiet && !ended && !response.writeQueueFull()) {
      response.write(events.encoder().heartbeat());
    }
    quiet = true;
  }

  private void finish() {
    if (!ended) {
      leave();
      response.end();
    }
  }

  private void leave() {
    ended = true;
    context.owner().cancelTimer(heartbeat);
    cancel();
    memory.remove(this);
    if (!evaluating) {
      position.end();
    }
  }

  private void cancel() {
    Cancellable joined = subscription;
    subscription = null;
    if (joined != null) {
      joined.cancel();
    }
  }

  /** States what the client is owed. */
  private void account() {
    if (ended) {
      return; // its response answers no more questions
    }
    Pieces pending = position.pending();
    source = pending == null ? null : pending.source();
    selectionBytes = selection.bytes();
    boolean behind = response.writeQueueFull();
    if (!behind) {
      behindSince = 0;
    } else if (behindSince == 0) {
      behindSince = System.nanoTime();
    }
  }

  @Override
  public long ownBytes() {
    return selectionBytes;
  }

  @Override
  public long unsentBytes() {
    return unsentBytes;
  }

  @Override
  public @Nullable Object source() {
    return source;
  }

  @Override
  public long behindSince() {
    return behindSince;
  }

  @Override
  public void relieve() {
    context.runOnContext(
        nothing -> {
          if (!ended) {
            giveUp();
          }
        });
  }

  @Override
  public void cut() {
    context.runOnContext(nothing -> response.reset());
  }
}
