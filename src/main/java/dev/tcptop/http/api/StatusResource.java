package dev.tcptop.http.api;

import dev.tcptop.collect.Observation;
import dev.tcptop.collect.Observation.Accepts;
import dev.tcptop.config.TcptopConfig;
import dev.tcptop.model.Losses;
import dev.tcptop.publish.ConnectionFeed;
import dev.tcptop.publish.Progress;
import dev.tcptop.self.Build;
import dev.tcptop.self.Node;
import dev.tcptop.self.OwnCost;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What tcptop observes, how it does so, and what it costs. */
@Path("/api/v1/status")
@Blocking
public class StatusResource {
  private final ConnectionFeed feed;
  private final TcptopConfig config;
  private final Node node;
  private final OwnCost own;

  StatusResource(ConnectionFeed feed, TcptopConfig config, Node node, OwnCost own) {
    this.feed = feed;
    this.config = config;
    this.node = node;
    this.own = own;
  }

  /**
   * The status.
   *
   * @param kernel the kernel's release
   * @param uptimeSeconds since tcptop started
   * @param accepts how the owner of an accepted connection is learnt
   * @param connections in the table
   * @param subscribers open streams, stdout among them
   * @param lost since tcptop started
   */
  public record Status(
      String version,
      String kernel,
      String node,
      long pid,
      double uptimeSeconds,
      long intervalMillis,
      Udp udp,
      String accepts,
      int connections,
      int subscribers,
      Losses lost,
      Cost cost) {}

  /**
   * How UDP is observed.
   *
   * @param way {@code fentry} or {@code cgroup_skb}; null: UDP is not observed
   * @param reason why UDP is not observed; null: it is
   */
  public record Udp(boolean observed, @Nullable String way, @Nullable String reason) {
    static Udp of(Observation observation) {
      Observation.Udp udp = observation.udp();
      return udp == null
          ? new Udp(false, null, observation.udpMissing())
          : new Udp(true, udp.name().toLowerCase(Locale.ROOT), null);
    }
  }

  /**
   * The resources that tcptop takes.
   *
   * @param cpuSeconds CPU time in kernel and user mode since tcptop started
   * @param residentBytes resident memory
   * @param heapBytes memory in use by Java objects
   * @param bpfSeconds time in the kernel programs; null while kernel.bpf_stats_enabled is 0
   * @param bpfRuns runs of the kernel programs, likewise
   */
  public record Cost(
      double cpuSeconds,
      long residentBytes,
      long heapBytes,
      @Nullable Double bpfSeconds,
      @Nullable Long bpfRuns) {}

  /** The status now. */
  @GET
  @Produces(MediaType.APPLICATION_JSON)
  public Status status() {
    Observation observation = feed.observation();
    Optional<Progress> progress = feed.progress();
    return new Status(
        Build.version(),
        observation.kernelRelease(),
        node.name(),
        ProcessHandle.current().pid(),
        ManagementFactory.getRuntimeMXBean().getUptime() / 1e3,
        config.interval().toMillis(),
        Udp.of(observation),
        accepts(observation.accepts()),
        progress.map(Progress::total).orElse(0),
        feed.listeners(),
        progress.map(p -> p.sample().lost()).orElse(Losses.NONE),
        cost(progress));
  }

  static String accepts(Accepts accepts) {
    return switch (accepts) {
      case FEXIT -> "fexit";
      case CLOSE_OR_FILE_DESCRIPTOR -> "close or file descriptor";
    };
  }

  private Cost cost(Optional<Progress> progress) {
    Optional<Progress> measured = progress.filter(p -> p.sample().runs() > 0);
    return new Cost(
        own.cpuSeconds(),
        own.residentBytes(),
        own.heapBytes(),
        measured.map(p -> p.sample().runNanos() / 1e9).orElse(null),
        measured.map(p -> p.sample().runs()).orElse(null));
  }
}
