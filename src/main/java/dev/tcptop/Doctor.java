package dev.tcptop;

import dev.tcptop.collect.CollectorException;
import dev.tcptop.collect.Errno;
import dev.tcptop.collect.ebpf.EbpfCollector;
import dev.tcptop.collect.ebpf.Requirements;
import dev.tcptop.config.TcptopConfig.Listen;
import dev.tcptop.config.TcptopConfig.UdpWay;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Tells of each requirement whether this machine meets it, in a line, and if not, what to do. What
 * the kernel allows is not looked up but tried, by opening the collector in each of its ways.
 */
final class Doctor {
  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

  private final PrintStream out;
  private boolean healthy = true;

  Doctor(PrintStream out) {
    this.out = out;
  }

  /**
   * Looks at everything.
   *
   * @return the exit status: 0, or 78 where tcptop can't run
   */
  int examine(Listen listen) {
    need("kernel", Requirements.missingVersion(), "Linux " + Requirements.kernelRelease());
    need("BTF", Requirements.missingBtf(), "there");
    need("privileges", missingPrivileges(), "enough");
    need("tracepoints", refusal(UdpWay.OFF).map(Doctor::tracepoints), "TCP is observed");
    Optional<CollectorException> fentry = refusal(UdpWay.FENTRY);
    Optional<CollectorException> cgroup =
        fentry.isEmpty() ? Optional.empty() : refusal(UdpWay.CGROUP_SKB);
    String otherwise = cgroup.isEmpty() ? "; cgroup_skb does instead" : "";
    want("fentry", fentry.map(e -> reason(e) + otherwise), "UDP and accepts are observed");
    want("cgroup v2", missingCgroup(), "mounted at " + cgroupMounts());
    want(
        "cgroup_skb",
        cgroup.map(e -> reason(e) + "; UDP is not observed: run as root, or with CAP_NET_ADMIN"),
        fentry.isEmpty() ? "not needed" : "UDP is observed");
    need("port", taken(listen), listen + " is free");
    need("JDK", Optional.empty(), Runtime.version() + " at " + System.getProperty("java.home"));
    return healthy ? ExitStatus.OK : ExitStatus.NO_KERNEL_SUPPORT;
  }

  /** Without it tcptop does not run. */
  private void need(String what, Optional<String> missing, String found) {
    healthy &= missing.isEmpty();
    line(missing.isEmpty() ? "ok" : "missing", what, missing.orElse(found));
  }

  /** Without it tcptop runs and sees less. */
  private void want(String what, Optional<String> missing, String found) {
    line(missing.isEmpty() ? "ok" : "without", what, missing.orElse(found));
  }

  private void line(String verdict, String what, String more) {
    out.printf("%-8s %-12s %s%n", verdict, what, more);
  }

  private static Optional<String> missingPrivileges() {
    if (!Requirements.inInitialUserNamespace()) {
      return Optional.of("this is a user namespace of its own, run it outside of that");
    }
    return Requirements.privileged()
        ? Optional.empty()
        : Optional.of("run it with sudo, or give it CAP_BPF and CAP_PERFMON");
  }

  private static Optional<CollectorException> refusal(UdpWay way) {
    try {
      new EbpfCollector(new EbpfCollector.Settings(1 << 16, 1024, 1024, way, Duration.ofSeconds(5)))
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

  private static Optional<String> taken(Listen listen) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(listen.host(), listen.port()));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(ExitStatus.cannotListen(listen.toString()));
    }
  }
}
