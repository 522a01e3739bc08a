package dev.tcptop.collect;

import org.jspecify.annotations.Nullable;

/**
 * How connections are observed on this machine.
 *
 * @param udp the way UDP is counted ({@code fentry}, {@code cgroup_skb}); null: it is not
 * @param udpMissing why it is not, a clause without a full stop; null: it is
 * @param accepts how the owner of an accepted connection is learnt: {@code fexit}, as it accepts,
 *     or later, by {@code close or file descriptor}
 */
public record Observation(@Nullable String udp, @Nullable String udpMissing, String accepts) {}
