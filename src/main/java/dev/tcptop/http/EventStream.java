package dev.tcptop.http;

import dev.tcptop.model.Connection;
import dev.tcptop.model.Phase;
import dev.tcptop.publish.Backlog;
import dev.tcptop.publish.ConnectionFeed;
import dev.tcptop.publish.FrameListener;
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
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One subscriber. All connections first, then a write a frame. While its socket is full its frames
 * are merged, so that a client that does not read costs a bounded amount of memory and nobody
 * waits. Everything here runs on the event loop of its connection.
 */
final class EventStream implements FrameListener {
  /** Closed connections kept for a client that is behind; with more it gets a gap. */
  private static final int CLOSED_LIMIT = 10_000;

  /** A frame of more events is not kept in one piece for all: memory is bounded, some 4 MB. */
  private static final int SHARED_LIMIT = 5_000;

  private final ConnectionFeed feed;
  private final EventEncoder encoder;
  private final HttpServerResponse response;
  private final Context context;
  private final Backlog backlog = new Backlog(CLOSED_LIMIT);
  private final Selection selection;

  /** What comes before the backlog. */
  private Iterator<Buffer> owed = Collections.emptyIterator();

  private boolean joining;
  private boolean ended;
  private @Nullable Cancellable subscription;

  EventStream(
      ConnectionFeed feed,
      EventEncoder encoder,
      Filter filter,
      HttpServerResponse response,
      Context context) {
    this.feed = feed;
    this.encoder = encoder;
    this.selection = new Selection(filter);
    this.response = response;
    this.context = context;
  }

  void start() {
    response.setChunked(true);
    response.putHeader("Content-Type", encoder.form().mediaType + ";charset=UTF-8");
    response.putHeader("Cache-Control", "no-store");
    response.closeHandler(nothing -> leave());
    response.exceptionHandler(failure -> leave());
    response.drainHandler(nothing -> pump());
    join();
  }

  private void join() {
    joining = true;
    feed.join(this)
        .whenComplete(
            (joined, failure) ->
                context.runOnContext(
                    nothing -> {
                      if (failure != null) {
                        finish();
                      } else if (ended) {
                        joined.cancel();
                      } else {
                        subscription = joined;
                      }
                    }));
  }

  @Override
  public void begin(Snapshot snapshot) {
    // What has just closed is no news any more, and no close would follow.
    List<Connection> connections =
        snapshot.connections().stream().filter(c -> c.phase() != Phase.CLOSED).toList();
    context.runOnContext(
        nothing -> {
          owed = encoder.present(selection.begin(connections));
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
    if (ended || joining) {
      return; // the snapshot to come has it
    }
    Frame selected = selection.next(frame);
    if (!isWhole() || response.writeQueueFull()) {
      backlog.add(selected);
    } else if (!selection.isAll()) {
      owed = encoder.merged(selected);
    } else if (frame.events() <= SHARED_LIMIT) {
      response.write(encoder.shared(frame));
    } else {
      owed = encoder.pieces(frame);
    }
    pump();
  }

  private boolean isWhole() {
    return !owed.hasNext() && backlog.isEmpty();
  }

  /** Writes what is owed, as far as the socket takes it. */
  private void pump() {
    while (!ended && !joining && !isWhole() && !response.writeQueueFull()) {
      if (owed.hasNext()) {
        response.write(owed.next());
      } else if (backlog.missed() > 0) {
        startAnew();
      } else {
        Frame merged = backlog.take();
        if (merged != null) {
          owed = encoder.merged(merged);
        }
      }
    }
  }

  private void startAnew() {
    response.write(encoder.gap(backlog.missed()));
    backlog.take();
    cancel();
    join();
  }

  private void finish() {
    if (!ended) {
      leave();
      response.end();
    }
  }

  private void leave() {
    ended = true;
    cancel();
    owed = Collections.emptyIterator();
    backlog.take();
  }

  private void cancel() {
    Cancellable joined = subscription;
    subscription = null;
    if (joined != null) {
      joined.cancel();
    }
  }
}
