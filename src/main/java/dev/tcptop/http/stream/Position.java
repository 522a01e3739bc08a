package dev.tcptop.http.stream;

import dev.tcptop.publish.Replay;
import dev.tcptop.table.Frame;
import java.util.Collections;
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
 * @param <P> a piece: a part of the events that is written at once
 */
final class Position<P> {

  /** What a subscriber does next whose socket has room. */
  enum Step {
    /** Write the {@linkplain #next next} pending piece. */
    WRITE,
    /** Queue what it {@linkplain #missed missed}. */
    CATCH_UP,
    /** Wait: all events are written. */
    WAIT
  }

  private final Replay replay;
  private final boolean filtered;
  private Iterator<P> pending = Collections.emptyIterator();

  /** The last event before the pending ones. */
  private long writtenTo;

  /** The last event of the pending ones. */
  private long queuedTo;

  /** Whether the selection counts connections as shown by events that were never written. */
  private boolean selectionAhead;

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
  void begin(Iterator<P> pieces, long seen, long to) {
    pending = pieces;
    writtenTo = replay.reaches(seen) ? seen : to;
    queuedTo = to;
    selectionAhead = false;
  }

  /**
   * Takes note of a frame that has come. True: it can be {@linkplain #queue queued} as it is, for
   * it follows what is written.
   *
   * <p>Pending pieces whose closes the replay has forgotten are given up: they would be held for
   * this subscriber alone.
   */
  boolean isNext(Frame frame) {
    if (pending.hasNext() && !replay.reaches(writtenTo)) {
      pending = Collections.emptyIterator();
      queuedTo = writtenTo;
      selectionAhead = filtered;
    }
    return !pending.hasNext() && frame.sequence() == queuedTo + 1;
  }

  /**
   * Queues the events after {@link #queuedTo}.
   *
   * @param frame has them, as it was published or merged
   */
  void queue(Iterator<P> pieces, Frame frame) {
    pending = pieces;
    writtenTo = queuedTo;
    queuedTo = frame.lastSequence();
  }

  Step step() {
    if (pending.hasNext()) {
      return Step.WRITE;
    }
    return queuedTo < replay.newest() ? Step.CATCH_UP : Step.WAIT;
  }

  /** The next pending piece, which counts as written. */
  P next() {
    return pending.next();
  }

  /**
   * The frames after {@link #queuedTo}, merged. Null: they can't be told, and the subscriber has to
   * begin anew.
   */
  @Nullable Frame missed() {
    return selectionAhead ? null : replay.since(queuedTo);
  }

  /** The sequence number of the last event that was queued. */
  long queuedTo() {
    return queuedTo;
  }

  /** Lets go of what is pending. */
  void end() {
    pending = Collections.emptyIterator();
  }
}
