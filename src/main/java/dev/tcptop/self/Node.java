package dev.tcptop.self;

import dev.tcptop.config.TcptopConfig;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The machine that tcptop runs on. */
@Singleton
public final class Node {
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  private final String name;

  Node(TcptopConfig config) {
    name = config.node().orElseGet(Node::hostName);
  }

  /** The name that answers give this machine: the configured one, or {@link #hostName}. */
  public String name() {
    return name;
  }

  /** The host name that the kernel reports; {@code localhost} if it cannot be read. */
  public static String hostName() {
    try {
      return Files.readString(HOST_NAME).strip();
    } catch (IOException e) {
      return "localhost";
    }
  }
}
