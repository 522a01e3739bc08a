package dev.tcptop.http.stream;

import dev.tcptop.publish.Replay;
import dev.tcptop.table.Frame;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The place of one subscriber in the sequence of events, by sequence numbers:
 *
 * <pre>
 *   written                pending                not yet queued
 * ───────────┬──────────────────────────────┬────────────────────────┬─▶
 *        writtenTo                       queuedTo              the replay's newest
 * </pre>
 *
 * Nothing is kept for a subscriber but pieces that are pending: what is not yet queued is the
 * replay's, and is queued merged once the pending pieces are written. It decides alone, and its
 * subscriber writes. Not thread-safe.
 *
 * @param <P> the pieces, each a part of the events that is written at once
 */
final class Position<P extends Iterator<?>> {

  /** What a subscriber does next whose socket has room. */
  enum Step {
    /** Write the next {@linkplain #pending pending} piece. */
    WRITE,
    /** Queue what it missed, which the replay has, or begin anew. */
    CATCH_UP,
    /** Wait: all events are written. */
    WAIT
  }

  private final Replay replay;
  private final boolean filtered;
  private @Nullable P pending;

  /** The last event before the pending ones. */
  private long writtenTo;

  /** The last event of the pending ones. */
  private long queuedTo;

  /**
   * Whether the subscriber has to begin anew: its selection counts connections as shown by events
   * that were never written, or what is written ends within a frame.
   */
  private boolean beginsAnew;

  /**
   * @param filtered whether a selection follows what is queued
   */
  Position(Replay replay, boolean filtered) {
    this.replay = replay;
    this.filtered = filtered;
  }

  /**
   * Begins, or begins anew.
   *
   * @param pieces of all connections at a frame, and of what happened from {@code seen} to it
   * @param seen the last event that the client has seen; of another run it is none of the replay's
   * @param to the last event of the frame
   */
  void begin(P pieces, long seen, long to) {
    pending = pieces;
    writtenTo = replay.reaches(seen) ? seen : to;
    queuedTo = to;
    beginsAnew = false;
  }

  /**
   * Takes note of a frame that has come. True: it can be {@linkplain #queue queued} as it is, for
   * it follows what is written.
   */
  boolean isNext(Frame frame) {
    giveUpForgotten();
    return !isPending() && !beginsAnew && frame.sequence() == queuedTo + 1;
  }

  /**
   * Gives pending pieces up whose closes the replay has forgotten: they would be held for this
   * subscriber alone.
   */
  void giveUpForgotten() {
    if (isPending() && !replay.reaches(writtenTo)) {
      pending = null;
      queuedTo = writtenTo;
      beginsAnew = filtered;
    }
  }

  /** Gives pending pieces up, and has the subscriber begin anew when it reads again. */
  void giveUp() {
    if (isPending()) {
      queuedTo = writtenTo;
    }
    pending = null;
    beginsAnew = true;
  }

  private boolean isPending() {
    return pending != null && pending.hasNext();
  }

  /**
   * Queues the events after {@link #queuedTo}.
   *
   * @param frame has them, as it was published or merged
   */
  void queue(P pieces, Frame frame) {
    pending = pieces;
    writtenTo = queuedTo;
    queuedTo = frame.lastSequence();
  }

  Step step() {
    if (isPending()) {
      return Step.WRITE;
    }
    return queuedTo < replay.newest() ? Step.CATCH_UP : Step.WAIT;
  }

  /** The pending pieces; a piece that is taken counts as written. Null: there are none. */
  @Nullable P pending() {
    return isPending() ? pending : null;
  }

  /** Whether the subscriber has to begin anew, whatever the replay has for it. */
  boolean beginsAnew() {
    return beginsAnew;
  }

  /** The sequence number of the last event that was queued. */
  long queuedTo() {
    return queuedTo;
  }

  /** Lets go of what is pending. */
  void end() {
    pending = null;
  }
}
