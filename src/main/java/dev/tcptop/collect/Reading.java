package dev.tcptop.collect;

import dev.tcptop.model.Direction;
import dev.tcptop.model.Endpoint;
import dev.tcptop.model.Family;
import dev.tcptop.model.Owner;
import dev.tcptop.model.Protocol;
import dev.tcptop.model.TcpState;
import org.jspecify.annotations.Nullable;

/**
 * One connection as the platform reports it: cumulative counters. A collector may move the same
 * object from record to record, so it is valid only within the call that hands it over. What
 * returns an object may make a new one each time.
 */
public interface Reading {
  /** Never reused within a run. */
  long id();

  Protocol protocol();

  Family family();

  Endpoint local();

  Endpoint remote();

  Direction direction();

  /** Null: UDP. */
  @Nullable TcpState state();

  /** Of a closed TCP connection: the state that it closed from. Null: any other. */
  @Nullable TcpState lastState();

  /** Of a closed TCP connection: the socket's errno, 0 if none. */
  int error();

  /** Whether this is the last reading of this id. */
  boolean closed();

  /** Whether the connection is older than the collector. */
  boolean partial();

  Owner owner();

  /** Whether {@link #owner} equals this one. */
  boolean isOwner(Owner owner);

  /** Unsigned. */
  long uid();

  long netns();

  /** Payload bytes since {@link #sinceNanos}. */
  long bytesIn();

  long bytesOut();

  /** TCP: segments modulo 2<sup>32</sup>; UDP: datagrams. */
  long packetsIn();

  long packetsOut();

  /** TCP: payload bytes since the connection began. */
  long lifetimeBytesIn();

  long lifetimeBytesOut();

  /** -1: not measured yet. */
  long rttMicros();

  /** -1: not measured yet. */
  long minRttMicros();

  long retransmits();

  /** On the clock of {@link Sample#monotonicNanos}: when counting began. */
  long sinceNanos();

  /** On the same clock: when these figures were read; a flow's last datagram. */
  long seenNanos();
}
