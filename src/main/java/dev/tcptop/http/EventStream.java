package dev.tcptop.http;

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
import java.util.Collections;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * One subscriber: all connections first, then a frame a tick. Nothing is kept for one that does not
 * read. When it goes on it gets what the {@link Replay} has for it, merged; if that does not reach
 * back so far, the closes that it missed, or a gap, and all connections anew. That is also what a
 * client gets that comes back. A filter selects from what is written, at the moment that it is
 * begun. Everything here runs on the event loop of its connection.
 */
final class EventStream implements FrameListener {
  /** Proxies cut what is idle, some after half a minute: a stream is silent for twice this long. */
  private static final long HEARTBEAT_MILLIS = 7_500;

  /** With so much on its way to a full socket nothing more is written. */
  private static final int QUEUE_BYTES = 16 << 10;

  /** Pieces written before others on the same event loop have their turn. */
  private static final int PIECES_A_TURN = 4;

  private final ConnectionFeed feed;
  private final Replay replay;
  private final EventEncoder encoder;
  private final Selection selection;
  private final HttpServerResponse response;
  private final Context context;

  /** What is being written. */
  private Iterator<Buffer> owed = Collections.emptyIterator();

  /** The sequence number of the last event before {@link #owed}. */
  private long written;

  /** The same once what is owed is written. */
  private long covered;

  /** Whether the selection counts events as shown that were not written. */
  private boolean ahead;

  private LastEvent seen;
  private boolean joining;
  private boolean yielding;
  private boolean quiet;
  private boolean ended;
  private long heartbeat;
  private @Nullable Cancellable subscription;

  /**
   * @param seen by the client, before it came
   */
  EventStream(
      ConnectionFeed feed,
      EventEncoder encoder,
      Filter filter,
      LastEvent seen,
      HttpServerResponse response,
      Context context) {
    this.feed = feed;
    this.replay = feed.replay();
    this.encoder = encoder;
    this.selection = new Selection(filter);
    this.seen = seen;
    this.response = response;
    this.context = context;
  }

  void start() {
    response.setChunked(true);
    response.setWriteQueueMaxSize(QUEUE_BYTES);
    response.putHeader("Content-Type", encoder.form().mediaType + ";charset=UTF-8");
    response.putHeader("Cache-Control", "no-store");
    response.closeHandler(nothing -> leave());
    response.exceptionHandler(failure -> leave());
    response.drainHandler(nothing -> pump());
    heartbeat = context.owner().setPeriodic(HEARTBEAT_MILLIS, nothing -> beat());
    write(encoder.preamble());
    join();
  }

  private void join() {
    joining = true;
    subscription = feed.subscribe(this);
  }

  @Override
  public void begin(Snapshot snapshot) {
    context.runOnContext(
        nothing -> {
          covered = snapshot.frame().lastSequence();
          written = replay.reaches(seen.sequence()) ? seen.sequence() : covered;
          owed = encoder.present(snapshot, seen, replay, selection);
          ahead = false;
          joining = false;
          pump();
        });
  }

  @Override
  public void next(Frame frame) {
    context.runOnContext(nothing -> take(frame));
  }

  @Override
  public void end() {
    context.runOnContext(nothing -> finish());
  }

  private void take(Frame frame) {
    if (ended || joining || frame.lastSequence() <= covered) {
      return; // what comes next has it
    }
    if (owed.hasNext() && !replay.reaches(written)) {
      // It would only hold what is held for nobody else.
      owed = Collections.emptyIterator();
      covered = written;
      ahead = !selection.isAll();
    }
    if (!owed.hasNext() && frame.sequence() == covered + 1 && !response.writeQueueFull()) {
      owe(selection.isAll() ? encoder.frame(frame) : own(frame), frame);
    }
    pump();
  }

  private Iterator<Buffer> own(Frame frame) {
    return encoder.own(selection.next(frame));
  }

  private void owe(Iterator<Buffer> pieces, Frame frame) {
    owed = pieces;
    written = covered;
    covered = frame.lastSequence();
  }

  /** Writes what is owed, as far as the socket takes it. */
  private void pump() {
    int pieces = 0;
    while (!ended && !joining && !response.writeQueueFull()) {
      if (owed.hasNext()) {
        if (pieces++ == PIECES_A_TURN) {
          letOthersGoFirst();
          return;
        }
        write(owed.next());
      } else if (covered < replay.newest()) {
        catchUp();
      } else {
        return;
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
    Frame merged = ahead ? null : replay.since(covered);
    if (merged != null) {
      owe(selection.isAll() ? encoder.merged(merged, covered) : own(merged), merged);
    } else {
      seen = LastEvent.after(covered);
      cancel();
      join();
    }
  }

  private void write(Buffer bytes) {
    quiet = false;
    response.write(bytes);
  }

  private void beat() {
    if (quiet && !ended && !response.writeQueueFull()) {
      response.write(encoder.heartbeat());
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
    owed = Collections.emptyIterator();
  }

  private void cancel() {
    Cancellable joined = subscription;
    subscription = null;
    if (joined != null) {
      joined.cancel();
    }
  }
}
