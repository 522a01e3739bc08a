package dev.tcptop.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection or UDP flow at one moment. Immutable.
 *
 * @param tuple what never changes
 * @param state null: UDP
 * @param uid the owner of the socket, unsigned
 * @param traffic what was counted
 * @param tcp figures that only TCP has; null: UDP
 * @param naming the names that are known
 * @param lastSeen the time of the last change
 * @param end null: the connection is open
 */
public record Connection(
    Tuple tuple,
    Direction direction,
    @Nullable TcpState state,
    Phase phase,
    Owner owner,
    long uid,
    Traffic traffic,
    @Nullable TcpFigures tcp,
    Naming naming,
    Instant lastSeen,
    @Nullable End end) {

  /**
   * What went over a connection.
   *
   * @param bytesIn payload since counting began
   * @param bytesOut the same, retransmissions not counted
   * @param packetsIn TCP segments or UDP datagrams
   * @param bytesInPerSecond over the last interval
   */
  public record Traffic(
      long bytesIn,
      long bytesOut,
      long packetsIn,
      long packetsOut,
      long bytesInPerSecond,
      long bytesOutPerSecond) {}

  /**
   * What the kernel knows of a TCP connection.
   *
   * @param rttMicros smoothed round-trip time; -1: not measured yet
   * @param minRttMicros the least one; -1: not measured yet
   * @param retransmits segments sent again
   * @param lifetimeBytesIn payload since the connection began, before tcptop too
   */
  public record TcpFigures(
      long rttMicros,
      long minRttMicros,
      long retransmits,
      long lifetimeBytesIn,
      long lifetimeBytesOut) {}

  /** Never reused within a run. */
  public long id() {
    return tuple.id();
  }

  public Protocol protocol() {
    return tuple.protocol();
  }

  public Family family() {
    return tuple.family();
  }

  public Endpoint local() {
    return tuple.local();
  }

  public Endpoint remote() {
    return tuple.remote();
  }

  /** The inode number of the network namespace. */
  public long netns() {
    return tuple.netns();
  }

  /** Whether the connection is older than tcptop. */
  public boolean partial() {
    return tuple.partial();
  }

  /** The time at which counting began. */
  public Instant since() {
    return tuple.since();
  }

  /** Null: UDP, open, or an end that was not observed. */
  public @Nullable CloseReason closeReason() {
    return end == null ? null : end.reason();
  }

  /** Null: the connection is open. */
  public @Nullable Instant closedAt() {
    return end == null ? null : end.at();
  }

  /**
   * A connection that ended in the interval in which it began, as it was before its end.
   *
   * @param lastState the state that it closed from
   */
  public Connection asNew(@Nullable TcpState lastState) {
    return new Connection(
        tuple, direction, lastState, Phase.NEW, owner, uid, traffic, tcp, naming, lastSeen, null);
  }
}
