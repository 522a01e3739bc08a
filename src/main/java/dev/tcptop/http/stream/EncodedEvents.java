package dev.tcptop.http.stream;

import io.vertx.core.buffer.Buffer;
import java.util.Iterator;
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
  /** Events in a piece, some 75 KB: the amount that lies before the socket of each slow client. */
  static final int PIECE = 100;

  private final List<Event> events;
  private final EventEncoder encoder;
  private final Runnable onGrowth;
  private volatile long bytes;
  private volatile @Nullable AtomicReferenceArray<@Nullable Buffer> kept;

  /**
   * @param onGrowth called when there are more bytes
   */
  EncodedEvents(List<Event> events, EventEncoder encoder, Runnable onGrowth) {
    this.events = events;
    this.encoder = encoder;
    this.onGrowth = onGrowth;
    kept = new AtomicReferenceArray<>((events.size() + PIECE - 1) / PIECE);
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
    return encoder.encode(events.subList(start, Math.min(start + PIECE, events.size())));
  }

  /** All pieces, from the first. */
  Iterator<Buffer> pieces() {
    return new Iterator<>() {
      private int next;

      @Override
      public boolean hasNext() {
        return next * PIECE < events.size();
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
