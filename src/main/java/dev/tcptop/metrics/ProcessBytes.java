package dev.tcptop.metrics;

import dev.tcptop.model.Connection;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.Map;

/**
 * Bytes by protocol and direction, and by process name where the user wants that: a number of names
 * have series of their own, and all others share {@link #OTHER}. The sum of the series is the
 * total, and no series falls: a name keeps its place, and its series begin at zero, since its
 * earlier bytes have been counted with the others. A free place goes to the name that has moved the
 * most bytes among the others, at most one each {@link #PAUSE}, so that the first names do not take
 * all places. Belongs to the table's thread, except for {@link #placeIsDue}.
 */
final class ProcessBytes {
  static final String OTHER = "other";

  /** The pause from one place to the next, as the scheduler reads it. */
  static final String PAUSE = "10s";

  /**
   * With one more candidate, all are counted anew: memory stays bounded, whatever names processes
   * take.
   */
  static final int MOST_CANDIDATES = 1_000;

  private final MeterRegistry registry;
  private final int places;
  private final Series others;
  private final Map<String, Series> named = new HashMap<>();

  /** Bytes of the names without a place, while a place is free. */
  private final Map<String, Long> candidates = new HashMap<>();

  /** Whether a free place may be given: set by any thread, cleared by the table's. */
  private volatile boolean placeDue = true;

  private record Series(ProtocolCount in, ProtocolCount out) {}

  /**
   * @param places names that can have series of their own; 0: series have no names
   */
  ProcessBytes(MeterRegistry registry, int places) {
    this.registry = registry;
    this.places = places;
    others = series(places == 0 ? Tags.empty() : Tags.of("process", OTHER));
  }

  private Series series(Tags tags) {
    return new Series(count(tags.and("direction", "in")), count(tags.and("direction", "out")));
  }

  private ProtocolCount count(Tags tags) {
    return ProtocolCount.in(
        registry,
        "tcptop.bytes",
        "Payload bytes since tcptop started, retransmissions not counted twice; closed connections"
            + " stay counted",
        tags);
  }

  /** Adds the bytes that a connection moved. */
  void add(Connection connection, long bytesIn, long bytesOut) {
    String process = connection.owner().process();
    Series series = named.get(process);
    if (series == null) {
      series = others;
      standForPlace(process, bytesIn + bytesOut);
    }
    series.in.of(connection.protocol()).add(bytesIn);
    series.out.of(connection.protocol()).add(bytesOut);
  }

  private void standForPlace(String process, long bytes) {
    if (named.size() == places || bytes <= 0 || process.isEmpty() || process.equals(OTHER)) {
      return;
    }
    if (candidates.size() == MOST_CANDIDATES && !candidates.containsKey(process)) {
      candidates.clear();
    }
    candidates.merge(process, bytes, Long::sum);
  }

  /** Lets the next tick that has candidates give a free place. Called on any thread. */
  void placeIsDue() {
    placeDue = true;
  }

  /** Gives a free place to the candidate with the most bytes, if a place is due. */
  void endTick() {
    if (candidates.isEmpty() || !placeDue) {
      return;
    }
    String first = "";
    long most = 0;
    for (Map.Entry<String, Long> candidate : candidates.entrySet()) {
      if (candidate.getValue() > most) {
        first = candidate.getKey();
        most = candidate.getValue();
      }
    }
    placeDue = false;
    named.put(first, series(Tags.of("process", first)));
    candidates.remove(first);
    if (named.size() == places) {
      candidates.clear();
    }
  }
}
