package dev.tcptop.http.api;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/**
 * The places of the snapshots that are in progress: each holds the rows of its answer until its
 * client has read them. A newcomer who finds all places taken gets that of the snapshot that began
 * first, if that one has had its time. Thread-safe.
 */
final class SnapshotPlaces {
  /** A client that reads 20,000 connections needs 250 KB a second to be done within this. */
  static final Duration OWN_TIME = Duration.ofMinutes(1);

  private final int places;
  private final LongSupplier nanoTime;
  private final Deque<Place> taken = new ArrayDeque<>();

  SnapshotPlaces(int places, LongSupplier nanoTime) {
    this.places = places;
    this.nanoTime = nanoTime;
  }

  /**
   * A snapshot in progress.
   *
   * @param since when it began, as {@link System#nanoTime}
   * @param cut ends it; called on any thread
   */
  private record Place(Object owner, long since, Runnable cut) {}

  /**
   * Takes a place.
   *
   * @param owner for {@link #leave}
   * @param cut ends the snapshot, where another one gets its place; called on any thread
   * @return whether there was one
   */
  boolean take(Object owner, Runnable cut) {
    Runnable cutFirst = () -> {};
    synchronized (this) {
      if (taken.size() == places) {
        Place first = taken.element();
        if (nanoTime.getAsLong() - first.since < OWN_TIME.toNanos()) {
          return false;
        }
        taken.remove();
        cutFirst = first.cut;
      }
      taken.add(new Place(owner, nanoTime.getAsLong(), cut));
    }
    cutFirst.run();
    return true;
  }

  /** Gives the place back, if it was not given to another already. */
  synchronized void leave(Object owner) {
    taken.removeIf(place -> place.owner == owner);
  }
}
