package dev.tcptop.model;

import java.time.Instant;

/**
 * What never changes of a connection. One object serves all views of it.
 *
 * @param id never reused within a run
 * @param netns the inode number of the network namespace
 * @param partial whether the connection is older than tcptop: counts begin at {@code since}, not at
 *     the connection's beginning
 * @param since the time at which counting began
 */
public record Tuple(
    long id,
    Protocol protocol,
    Family family,
    Endpoint local,
    Endpoint remote,
    long netns,
    boolean partial,
    Instant since) {}
