package dev.tcptop.collect;

import java.util.function.Consumer;

/**
 * The platform's view of all connections. Opened when it is made. One thread at a time uses it.
 *
 * <p>Within one call of {@link #sample}, an id's readings come in the order in which they were
 * taken; after a {@linkplain Reading#closed closed} one its id never comes again.
 */
public interface Collector extends AutoCloseable {

  /** How much a sample reports. */
  enum Depth {
    /** Only what closed: cheap, to be called between the ticks of a long interval. */
    CLOSED,
    /** What changed since the last sample, and what closed. */
    CHANGED,
    /**
     * Every open connection that {@link #CHANGED} has not just reported: after both, what was in
     * neither does not exist.
     */
    REMAINING
  }

  Observation observation();

  /** The figures when it was opened: what it has counted since is in the samples. */
  Sample opened();

  /**
   * Reports to {@code sink}, on the calling thread.
   *
   * @throws CollectorException if the platform fails
   * @throws IllegalStateException after {@link #close}
   */
  Sample sample(Depth depth, Consumer<Reading> sink);

  /** Ends the observation and leaves nothing behind. Further calls do nothing. */
  @Override
  void close();
}
