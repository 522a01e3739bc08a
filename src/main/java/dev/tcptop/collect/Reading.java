package dev.tcptop.collect;

import dev.tcptop.model.Direction;
import dev.tcptop.model.Endpoint;
import dev.tcptop.model.Family;
import dev.tcptop.model.Owner;
import dev.tcptop.model.Protocol;
import dev.tcptop.model.TcpState;
import org.jspecify.annotations.Nullable;

/**
 * The state of a connection as the platform reports it, with cumulative counters. A collector may
 * reuse one object for all its records, so a reading is valid only within the call that passes it
 * on. A method that returns an object may make a new one at each call.
 */
public interface Reading {
  /** The id of the connection. It is never reused within a run. */
  long id();

  Protocol protocol();

  Family family();

  Endpoint local();

  Endpoint remote();

  Direction direction();

  /** The state of a TCP connection; null for UDP. */
  @Nullable TcpState state();

  /** The state from which a closed TCP connection closed; null for any other connection. */
  @Nullable TcpState lastState();

  /** The socket's errno of a closed TCP connection; 0 if it has none. */
  int error();

  /** Whether this is the last reading with this id. */
  boolean closed();

  /** Whether the connection is older than the collector. */
  boolean partial();

  Owner owner();

  /** Whether {@link #owner} equals the given owner; it makes no object. */
  boolean isOwner(Owner owner);

  /** The user that owns the socket, an unsigned 32-bit number. */
  long uid();

  /** The inode number of the network namespace. */
  long netns();

  /** Payload bytes received since {@link #sinceNanos}. */
  long bytesIn();

  /** Payload bytes sent since {@link #sinceNanos}. */
  long bytesOut();

  /** TCP: segments received, modulo 2<sup>32</sup>; UDP: datagrams received. */
  long packetsIn();

  /** TCP: segments sent, modulo 2<sup>32</sup>; UDP: datagrams sent. */
  long packetsOut();

  /** TCP: payload bytes received since the connection began. */
  long lifetimeBytesIn();

  /** TCP: payload bytes sent since the connection began. */
  long lifetimeBytesOut();

  /** TCP: the smoothed round-trip time; -1: not measured yet. */
  long rttMicros();

  /** TCP: the shortest round-trip time; -1: not measured yet. */
  long minRttMicros();

  /** TCP: segments that were retransmitted. */
  long retransmits();

  /** When counting began, on the clock of {@link Sample#monotonicNanos}. */
  long sinceNanos();

  /** When these figures were read, or when a UDP flow's last datagram passed; on the same clock. */
  long seenNanos();
}
