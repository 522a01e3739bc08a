package dev.tcptop.http;

import dev.tcptop.config.TcptopConfig;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** This machine, as answers name it. */
@Singleton
final class Node {
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  private final String name;

  Node(TcptopConfig config) {
    name = config.node().orElseGet(Node::hostName);
  }

  String name() {
    return name;
  }

  /** The host's own name. */
  static String hostName() {
    try {
      return Files.readString(HOST_NAME).strip();
    } catch (IOException e) {
      return "localhost";
    }
  }
}
