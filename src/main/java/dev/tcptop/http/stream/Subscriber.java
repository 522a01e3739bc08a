package dev.tcptop.http.stream;

import dev.tcptop.publish.ConnectionFeed;
import dev.tcptop.publish.FrameListener;
import dev.tcptop.publish.Replay;
import dev.tcptop.publish.Selection;
import dev.tcptop.publish.Snapshot;
import dev.tcptop.query.Filter;
import dev.tcptop.table.Frame;
import io.smallrye.mutiny.subscription.Cancellable;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * One subscriber: all connections first, then a frame a tick. Nothing is kept for one that does not
 * read. When it goes on it gets what the {@link Replay} has for it, merged; if the replay does not
 * reach back to its {@link Position}, it gets the closes that it missed, or a gap, and all
 * connections anew, like a client that comes back. A filter selects from what is written, at the
 * moment at which that is queued. All of it runs on the event loop of its HTTP connection.
 */
final class Subscriber implements FrameListener {
  /** Half of the longest silence: proxies cut what is idle, some after half a minute. */
  private static final long HEARTBEAT_MILLIS = 7_500;

  /** With this much on its way to the socket, the socket counts as full. */
  private static final int QUEUE_BYTES = 16 << 10;

  /** Pieces that are written before others on the same event loop have their turn. */
  private static final int PIECES_A_TURN = 4;

  private final ConnectionFeed feed;
  private final SharedEvents events;
  private final Selection selection;
  private final Position<Buffer> position;
  private final HttpServerResponse response;
  private final Context context;

  /** The event after which the next beginning goes on. */
  private LastEvent seen;

  private @Nullable Cancellable subscription;

  /** Whether the connections of a beginning have not come yet. */
  private boolean beginning;

  private boolean yielding;
  private boolean quiet;
  private boolean ended;
  private long heartbeat;

  /**
   * @param seen by the client, before it came
   */
  Subscriber(
      ConnectionFeed feed,
      SharedEvents events,
      Filter filter,
      LastEvent seen,
      HttpServerResponse response,
      Context context) {
    this.feed = feed;
    this.events = events;
    this.selection = new Selection(filter);
    this.position = new Position<>(feed.replay(), !selection.isAll());
    this.seen = seen;
    this.response = response;
    this.context = context;
  }

  void start() {
    response.setChunked(true);
    response.setWriteQueueMaxSize(QUEUE_BYTES);
    response.putHeader("Content-Type", events.encoder().form().mediaType + ";charset=UTF-8");
    response.putHeader("Cache-Control", "no-store");
    response.closeHandler(nothing -> leave());
    response.exceptionHandler(failure -> leave());
    response.drainHandler(nothing -> pump());
    heartbeat = context.owner().setPeriodic(HEARTBEAT_MILLIS, nothing -> beat());
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
    if (ended || beginning) {
      return; // of a subscription that was cancelled: the beginning has it
    }
    if (position.isNext(frame) && !response.writeQueueFull()) {
      position.queue(events.frame(frame, selection), frame);
    }
    pump();
  }

  /** Writes what is pending, as far as the socket takes it. */
  private void pump() {
    int pieces = 0;
    while (!ended && !beginning && !response.writeQueueFull()) {
      switch (position.step()) {
        case WRITE -> {
          if (pieces++ == PIECES_A_TURN) {
            letOthersGoFirst();
            return;
          }
          write(position.next());
        }
        case CATCH_UP -> catchUp();
        case WAIT -> {
          return;
        }
      }
    }
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
    Frame missed = position.missed();
    if (missed != null) {
      position.queue(events.merged(missed, position.queuedTo(), selection), missed);
    } else {
      seen = LastEvent.after(position.queuedTo());
      cancel();
      subscribe();
    }
  }

  private void write(Buffer bytes) {
    quiet = false;
    response.write(bytes);
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
    position.end();
  }

  private void cancel() {
    Cancellable joined = subscription;
    subscription = null;
    if (joined != null) {
      joined.cancel();
    }
  }
}
