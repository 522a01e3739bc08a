package dev.tcptop.collect;

import java.util.function.Consumer;

/**
 * The platform's view of all connections. The constructor opens it. One thread at a time uses it.
 *
 * <p>Within one call of {@link #sample}, the readings of an id come in the order in which they were
 * taken. The {@linkplain Reading#closed closed} reading of an id is the last with that id, in any
 * call.
 */
public interface Collector extends AutoCloseable {

  /** How much a sample reports. */
  enum Depth {
    /** Only connections that closed: cheap enough to be called between the ticks of an interval. */
    CLOSED,
    /** Connections that changed since the last sample, and those that closed. */
    CHANGED,
    /**
     * Every open connection that {@link #CHANGED} has not just reported. A connection that neither
     * of the two reported no longer exists.
     */
    REMAINING
  }

  /** How this collector observes its platform; the same in every call. */
  Observation observation();

  /** The figures at the moment of opening. Later counts are in the samples. */
  Sample opened();

  /**
   * Takes a sample and reports its readings to {@code sink}, on the calling thread.
   *
   * @return the figures of the sample
   * @throws CollectorException if the platform fails
   * @throws IllegalStateException after {@link #close}
   */
  Sample sample(Depth depth, Consumer<Reading> sink);

  /** Ends the observation and removes all that it loaded. Further calls do nothing. */
  @Override
  void close();
}
