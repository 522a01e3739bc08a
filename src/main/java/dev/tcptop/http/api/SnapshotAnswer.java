package dev.tcptop.http.api;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;

/**
 * Writes a snapshot as fast as its client reads, and holds no thread meanwhile. All of it runs on
 * the event loop of the HTTP connection.
 */
final class SnapshotAnswer {
  /** A client that takes nothing for this time is cut off. */
  private static final long LONGEST_STALL_MILLIS = 30_000;

  /** With this much on its way to the socket, the socket counts as full. */
  private static final int QUEUE_BYTES = 16 << 10;

  /** Pieces that are written before others on the same event loop have their turn. */
  private static final int PIECES_A_TURN = 2;

  private static final long NO_TIMER = -1;

  private final RoutingContext request;
  private final HttpServerResponse response;
  private final SnapshotBody body;
  private final Context context = Vertx.currentContext();
  private boolean pumping;
  private boolean ended;
  private long stall = NO_TIMER;

  SnapshotAnswer(RoutingContext request, SnapshotBody body) {
    this.request = request;
    this.response = request.response();
    this.body = body;
  }

  void start() {
    if (response.closed()) {
      return;
    }
    response.setChunked(true);
    response.setWriteQueueMaxSize(QUEUE_BYTES);
    response.putHeader("Content-Type", "application/json;charset=UTF-8");
    response.putHeader("Cache-Control", "no-store");
    // Quarkus compresses nothing that has this header, which it sets beforehand.
    response.headers().remove("Content-Encoding");
    request.addEndHandler(nothing -> end());
    response.drainHandler(nothing -> pump());
    pump();
  }

  private void pump() {
    if (pumping) {
      return; // the socket drained within the write below
    }
    pumping = true;
    stopTimer();
    for (int pieces = 0; !ended && !response.writeQueueFull(); pieces++) {
      if (pieces == PIECES_A_TURN) {
        context.runOnContext(nothing -> pump());
        break;
      }
      response.write(body.next());
      if (body.isEnded()) {
        ended = true;
        response.end();
      }
    }
    pumping = false;
    if (!ended && response.writeQueueFull()) {
      stall =
          context
              .owner()
              .setTimer(LONGEST_STALL_MILLIS, nothing -> request.request().connection().close());
    }
  }

  private void end() {
    ended = true;
    stopTimer();
  }

  private void stopTimer() {
    if (stall != NO_TIMER) {
      context.owner().cancelTimer(stall);
      stall = NO_TIMER;
    }
  }
}
