package dev.tcptop.http.stream;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Events that several subscribers write, each at its own pace. A piece is encoded when the first
 * subscriber comes to it; its bytes are kept for the others until {@link #forget}, since what
 * stalled subscribers hold must not add up. Thread-safe.
 */
final class EncodedEvents {
  /**
   * Changes or connections in a piece, some 75 KB: what lies before the socket of a slow client.
   */
  static final int PIECE = 100;

  private final Events events;
  private final int count;
  private final EventEncoder encoder;
  private final Runnable onGrowth;
  private volatile long bytes;
  private volatile @Nullable AtomicReferenceArray<@Nullable Buffer> kept;

  /** What has events. It makes them anew each time. */
  interface Events {
    /** The number of changes or connections; each makes any number of events. */
    int count();

    /** The events from one of them up to another. */
    List<Event> between(int from, int to);

    /** The frame or the snapshot that they are from. */
    Object source();
  }

  /**
   * @param onGrowth called when there are more bytes
   */
  EncodedEvents(Events events, EventEncoder encoder, Runnable onGrowth) {
    this.events = events;
    this.encoder = encoder;
    this.onGrowth = onGrowth;
    count = (events.count() + PIECE - 1) / PIECE;
    kept = new AtomicReferenceArray<>(count);
  }

  /** The bytes that are kept. */
  long bytes() {
    return bytes;
  }

  /** Keeps no bytes from now on: each piece is encoded for the subscriber that comes to it. */
  void forget() {
    kept = null;
  }

  private Buffer piece(int index) {
    AtomicReferenceArray<@Nullable Buffer> pieces = kept;
    if (pieces == null) {
      return encode(index);
    }
    Buffer shared = pieces.get(index);
    return shared == null ? first(pieces, index) : shared;
  }

  @SuppressWarnings("NonAtomicOperationOnVolatileField") // written by one at a time
  private synchronized Buffer first(AtomicReferenceArray<@Nullable Buffer> pieces, int index) {
    Buffer shared = pieces.get(index);
    if (shared == null) {
      shared = encode(index);
      pieces.set(index, shared);
      bytes += shared.length();
      onGrowth.run();
    }
    return shared;
  }

  private Buffer encode(int index) {
    int start = index * PIECE;
    return encoder.encode(events.between(start, Math.min(start + PIECE, events.count())));
  }

  /** All pieces, from the first. */
  Pieces pieces() {
    return new Pieces() {
      private int next;

      @Override
      public boolean hasNext() {
        return next < count;
      }

      @Override
      public boolean isReady() {
        return kept != null; // encoded at most once for all
      }

      @Override
      public Object source() {
        return events.source();
      }

      @Override
      public Buffer next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return piece(next++);
      }
    };
  }
}
