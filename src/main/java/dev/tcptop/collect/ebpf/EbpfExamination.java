package dev.tcptop.collect.ebpf;

import static dev.tcptop.collect.Finding.need;
import static dev.tcptop.collect.Finding.want;

import dev.tcptop.collect.CollectorException;
import dev.tcptop.collect.Errno;
import dev.tcptop.collect.Examination;
import dev.tcptop.collect.Finding;
import dev.tcptop.config.TcptopConfig.UdpWay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Examines the requirements of {@link EbpfCollector}. To find out what the kernel allows, it opens
 * the collector in each of its ways, because no list of the kernel's features says so.
 */
public final class EbpfExamination implements Examination {
  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

  @Override
  public void examine(Consumer<Finding> sink) {
    sink.accept(
        need("kernel", Requirements.missingVersion(), "Linux " + Requirements.kernelRelease()));
    sink.accept(need("BTF", Requirements.missingBtf(), "there"));
    sink.accept(need("privileges", missingPrivileges(), "enough"));
    sink.accept(
        need(
            "tracepoints",
            refusal(UdpWay.OFF).map(EbpfExamination::tracepoints),
            "TCP is observed"));
    Optional<CollectorException> fentry = refusal(UdpWay.FENTRY);
    Optional<CollectorException> cgroup =
        fentry.isEmpty() ? Optional.empty() : refusal(UdpWay.CGROUP_SKB);
    String otherwise = cgroup.isEmpty() ? "; cgroup_skb does instead" : "";
    sink.accept(
        want("fentry", fentry.map(e -> reason(e) + otherwise), "UDP and accepts are observed"));
    sink.accept(want("cgroup v2", missingCgroup(), "mounted at " + cgroupMounts()));
    sink.accept(
        want(
            "cgroup_skb",
            cgroup.map(
                e -> reason(e) + "; UDP is not observed: run as root, or with CAP_NET_ADMIN"),
            fentry.isEmpty() ? "not needed" : "UDP is observed"));
  }

  private static Optional<String> missingPrivileges() {
    if (!Requirements.inInitialUserNamespace()) {
      return Optional.of(
          "this process is in a user namespace of its own; run it in the initial one");
    }
    return Requirements.privileged()
        ? Optional.empty()
        : Optional.of("run it with sudo, or give it CAP_BPF and CAP_PERFMON");
  }

  private static Optional<CollectorException> refusal(UdpWay way) {
    try {
      new EbpfCollector(
              new EbpfCollector.Settings(1 << 16, 1024, 1024, 1024, way, Duration.ofSeconds(5)))
          .close();
      return Optional.empty();
    } catch (CollectorException e) {
      return Optional.of(e);
    }
  }

  private static String reason(CollectorException e) {
    return "cannot " + e.operation() + ": " + Errno.describe(e.errno());
  }

  private static String tracepoints(CollectorException e) {
    return reason(e)
        + (Requirements.privileged()
            ? "; a policy (lockdown, seccomp, SELinux) or the kernel's configuration is in the way"
            : "; this takes the privileges above");
  }

  private static Optional<String> missingCgroup() {
    return cgroupMounts().isEmpty()
        ? Optional.of("mount -t cgroup2 none /sys/fs/cgroup, or another directory")
        : Optional.empty();
  }

  private static String cgroupMounts() {
    try (Stream<String> lines = Files.lines(MOUNTS)) {
      return lines
          .filter(line -> line.contains(" - cgroup2 "))
          .map(line -> List.of(line.split(" ")).get(4))
          .collect(Collectors.joining(", "));
    } catch (IOException e) {
      return "";
    }
  }
}
