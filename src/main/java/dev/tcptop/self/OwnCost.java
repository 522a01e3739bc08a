package dev.tcptop.self;

import com.sun.management.OperatingSystemMXBean;
import io.quarkus.scheduler.Scheduled;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The CPU time and memory that this process uses. The resident memory, which the kernel tells in a
 * file, is sampled, so that no request waits for the file. The other figures are read at each call.
 * CPU time must be: it is a counter, and a rate made of its samples would be off by the time
 * between two samples.
 */
@Singleton
public final class OwnCost {
  private static final Path PROCESS_STATUS = Path.of("/proc/self/status");

  private volatile long residentBytes = readResidentBytes();

  /** Samples the resident memory. */
  @Scheduled(every = "5s", skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  void sample() {
    residentBytes = readResidentBytes();
  }

  /** CPU time in kernel and user mode since the process started. */
  public double cpuSeconds() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime()
        / 1e9;
  }

  /** Resident memory, sampled every 5 s; 0 if {@code /proc/self/status} cannot be read. */
  public long residentBytes() {
    return residentBytes;
  }

  private static long readResidentBytes() {
    try (Stream<String> lines = Files.lines(PROCESS_STATUS)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .map(line -> line.replaceAll("\\D", ""))
          .mapToLong(kib -> Long.parseLong(kib) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }

  /** The part of the heap that Java objects occupy. */
  public long heapBytes() {
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
