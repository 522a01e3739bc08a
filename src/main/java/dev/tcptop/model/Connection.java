package dev.tcptop.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection or UDP flow at one moment. Immutable.
 *
 * @param id never reused within a run
 * @param state null: UDP
 * @param partial older than tcptop: counts begin at {@code since}, not at its beginning
 * @param uid the socket's owner, unsigned
 * @param netns inode number of the network namespace
 * @param traffic what was counted
 * @param tcp what only TCP has; null: UDP
 * @param closeReason null: UDP, open, or lost sight of
 * @param since when counting began
 * @param lastSeen when it last changed
 * @param closedAt null: open
 */
public record Connection(
    long id,
    Protocol protocol,
    Family family,
    Endpoint local,
    Endpoint remote,
    Direction direction,
    @Nullable TcpState state,
    Phase phase,
    boolean partial,
    Owner owner,
    long uid,
    long netns,
    Traffic traffic,
    @Nullable TcpFigures tcp,
    @Nullable CloseReason closeReason,
    Instant since,
    Instant lastSeen,
    @Nullable Instant closedAt) {

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

  /**
   * The same as it was when it began to be seen, for a connection that ended in the same interval.
   */
  public Connection asNew(@Nullable TcpState lastState) {
    return new Connection(
        id, protocol, family, local, remote, direction, lastState, Phase.NEW, partial, owner, uid,
        netns, traffic, tcp, null, since, lastSeen, null);
  }
}
