package dev.tcptop.collect.ebpf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The requirements of {@link EbpfCollector} that can be checked before the program is loaded. */
public final class Requirements {
  // include/uapi/linux/capability.h
  private static final int CAP_SETGID = 6;
  private static final int CAP_SETUID = 7;
  private static final int CAP_SYS_ADMIN = 21;
  private static final int CAP_PERFMON = 38;
  private static final int CAP_BPF = 39;

  private static final int MAJOR = 5;
  private static final int MINOR = 15;
  private static final Path BTF = Path.of("/sys/kernel/btf/vmlinux");
  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+).*");

  private Requirements() {}

  /** Whether this process has the privileges to load and attach the program. */
  public static boolean privileged() {
    long capabilities = effectiveCapabilities();
    return inInitialUserNamespace()
        && (has(capabilities, CAP_SYS_ADMIN)
            || (has(capabilities, CAP_BPF) && has(capabilities, CAP_PERFMON)));
  }

  /** Whether this process may become another user. */
  static boolean mayChangeUser() {
    long capabilities = effectiveCapabilities();
    return has(capabilities, CAP_SETUID) && has(capabilities, CAP_SETGID);
  }

  /**
   * Whether this process is in the initial user namespace. In any other, the BPF system call does
   * not honour its capabilities.
   */
  public static boolean inInitialUserNamespace() {
    Path map = Path.of("/proc/self/uid_map"); // missing: the kernel has no user namespaces
    try {
      return !Files.exists(map) || Files.readString(map).strip().matches("0\\s+0\\s+4294967295");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long effectiveCapabilities() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      String effective =
          lines
              .filter(line -> line.startsWith("CapEff:"))
              .findFirst()
              .orElseThrow(() -> new IllegalStateException("/proc/self/status has no CapEff"));
      return Long.parseUnsignedLong(effective.substring(7).strip(), 16);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean has(long capabilities, int capability) {
    return (capabilities >>> capability & 1) != 0;
  }

  /**
   * The line that tells the user what this kernel lacks; empty: nothing that can be checked here.
   */
  public static Optional<String> missingFromKernel() {
    return missingVersion()
        .or(Requirements::missingBtf)
        .map(missing -> "this kernel cannot run tcptop: " + missing);
  }

  /** A clause that says that the kernel is too old; empty: it is new enough. */
  public static Optional<String> missingVersion() {
    String release = kernelRelease();
    Matcher version = VERSION.matcher(release);
    return version.matches() && !older(version)
        ? Optional.empty()
        : Optional.of("it is Linux " + release + ", and 5.15 or newer is needed");
  }

  /** A clause that says that the kernel has no BTF; empty: it has BTF. */
  public static Optional<String> missingBtf() {
    return Files.exists(BTF)
        ? Optional.empty()
        : Optional.of(
            "it has no BTF at " + BTF + ", a kernel built with CONFIG_DEBUG_INFO_BTF=y is needed");
  }

  /** The release of the running kernel, such as {@code 6.1.0-40-amd64}. */
  public static String kernelRelease() {
    return System.getProperty("os.version");
  }

  private static boolean older(Matcher version) {
    int major = Integer.parseInt(version.group(1));
    return major < MAJOR || (major == MAJOR && Integer.parseInt(version.group(2)) < MINOR);
  }
}
