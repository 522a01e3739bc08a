package dev.tcptop.collect;

import org.jspecify.annotations.Nullable;

/**
 * The platform that a collector observes, and how it observes UDP flows and accepted connections.
 *
 * @param kernelRelease of the running kernel, such as {@code 6.1.0-40-amd64}
 * @param udp null: UDP flows are not observed
 * @param udpMissing why UDP flows are not observed, a clause without a full stop; null: they are
 */
public record Observation(
    String kernelRelease, @Nullable Udp udp, @Nullable String udpMissing, Accepts accepts) {

  /** Where the kernel program counts UDP datagrams. */
  public enum Udp {
    /** In the kernel's functions that send and receive UDP. */
    FENTRY,
    /** At the root of cgroup v2. */
    CGROUP_SKB
  }

  /** How the owner of an accepted TCP connection is learnt. */
  public enum Accepts {
    /** The kernel program sees the process that accepts the connection, as it accepts. */
    FEXIT,
    /** The owner is learnt later: by a search of file descriptors, or when its process closes. */
    CLOSE_OR_FILE_DESCRIPTOR
  }
}
