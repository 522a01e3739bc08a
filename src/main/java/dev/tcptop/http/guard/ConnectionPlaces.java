package dev.tcptop.http.guard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The places of HTTP connections. A connection waits until the head of a request is read whole, and
 * again once the request is answered. A newcomer who finds all places taken gets that of the
 * connection that waits the longest, so that connections without a request lock nobody out, health
 * checks least of all. Thread-safe.
 */
final class ConnectionPlaces {
  /** A head has to come whole within this, from the connection's beginning or its first byte. */
  static final Duration HEAD = Duration.ofSeconds(10);

  /** A connection without a request is closed after this. */
  static final Duration IDLE = Duration.ofMinutes(1);

  /** Connections beyond the places, while those that they replace are being closed. */
  private static final int MOST_BEYOND = 32;

  private final int places;
  private final LongSupplier nanoTime;
  private int taken;

  /** The one that waits the longest is first. */
  private final Set<Peer> waiting = new LinkedHashSet<>();

  /** A connection. */
  abstract static class Peer {
    private volatile long deadline;
    private volatile boolean idle;

    /** Closes it; called on any thread. */
    abstract void close();
  }

  ConnectionPlaces(int places, LongSupplier nanoTime) {
    this.places = places;
    this.nanoTime = nanoTime;
  }

  int places() {
    return places;
  }

  /** A connection is there, and waits. */
  void opened(Peer peer) {
    Peer replaced = null;
    synchronized (this) {
      expect(peer, HEAD);
      waiting.add(peer);
      if (++taken > places) {
        replaced = waiting.iterator().next();
        waiting.remove(replaced);
      }
    }
    close(replaced);
  }

  private static void close(@Nullable Peer peer) {
    if (peer != null) {
      peer.close();
    }
  }

  private void expect(Peer peer, Duration time) {
    peer.deadline = nanoTime.getAsLong() + time.toNanos();
  }

  /** Bytes came in. */
  void read(Peer peer) {
    if (peer.idle) {
      peer.idle = false;
      expect(peer, HEAD);
    }
  }

  /** The head of a request is read. */
  synchronized void requestBegan(Peer peer) {
    peer.idle = false;
    waiting.remove(peer);
  }

  /** The request is answered. */
  synchronized void requestEnded(Peer peer) {
    peer.idle = true;
    expect(peer, IDLE);
    waiting.add(peer);
  }

  /** The connection is gone. */
  synchronized void closed(Peer peer) {
    waiting.remove(peer);
    taken--;
  }

  /**
   * Says whether further connections may be accepted. While too many are, the kernel keeps the
   * newcomers.
   */
  synchronized void regulate(Consumer<Boolean> accepting) {
    accepting.accept(taken < places + MOST_BEYOND);
  }

  /** Closes those whose time is over. */
  void closeOverdue() {
    long now = nanoTime.getAsLong();
    List<Peer> overdue = new ArrayList<>();
    synchronized (this) {
      for (Peer peer : waiting) {
        if (now - peer.deadline > 0) {
          overdue.add(peer);
        }
      }
    }
    overdue.forEach(Peer::close);
  }
}
