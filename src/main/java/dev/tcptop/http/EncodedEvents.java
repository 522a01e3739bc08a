package dev.tcptop.http;

import io.vertx.core.buffer.Buffer;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Events that several subscribers write, each at its own pace. They are encoded piece by piece when
 * the first one comes to it; the bytes are kept for the others until {@link #forget}: what
 * subscribers that stall hold must not add up. Thread-safe.
 */
final class EncodedEvents {
  /** Events in a piece, some 75 KB: so much lies in front of the socket of each slow client. */
  static final int PIECE = 100;

  private final List<Event> events;
  private final EventEncoder encoder;
  private volatile long bytes;
  private volatile @Nullable AtomicReferenceArray<@Nullable Buffer> kept;

  EncodedEvents(List<Event> events, EventEncoder encoder) {
    this.events = events;
    this.encoder = encoder;
    kept = new AtomicReferenceArray<>((events.size() + PIECE - 1) / PIECE);
  }

  /** What is kept. */
  long bytes() {
    return bytes;
  }

  /** From now on each piece is encoded for whoever asks. */
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
      encoder.makeRoom();
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
