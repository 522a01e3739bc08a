package dev.tcptop.collect.ebpf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A new network namespace for a test, with its loopback up. Closing removes it. */
public final class Netns implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final String name;
  private final long inode;

  private Netns(String name, long inode) {
    this.name = name;
    this.inode = inode;
  }

  public static Netns create() {
    String name = "tcptop-it-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
    command("ip", "netns", "add", name);
    try {
      command("ip", "-n", name, "link", "set", "lo", "up");
      // The namespace is mounted on the file, so the file's inode number is that of the namespace.
      Path file = Path.of("/run/netns", name);
      return new Netns(name, ((Number) Files.getAttribute(file, "unix:ino")).longValue());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The value of {@code Connection.netns} for connections of this namespace. */
  public long inode() {
    return inode;
  }

  /** The name by which {@code ip} knows the namespace. */
  String name() {
    return name;
  }

  /** The words before a command that make it run in this namespace. */
  public List<String> behind() {
    return List.of("ip", "netns", "exec", name);
  }

  /** Runs a command such as {@code nft} in this namespace, and returns its output. */
  public String run(String... words) {
    List<String> all = new ArrayList<>(behind());
    all.addAll(List.of(words));
    return command(all.toArray(String[]::new));
  }

  /** Whether a command succeeds in this namespace: the kernel may lack what it needs. */
  boolean can(String... words) {
    try {
      run(words);
      return true;
    } catch (AssertionError e) {
      return false;
    }
  }

  /** Adds a pair of peer interfaces, both up, whose addresses are usable immediately. */
  void addPair(String one, String other) {
    command("ip", "-n", name, "link", "add", one, "type", "veth", "peer", "name", other);
    for (String each : List.of(one, other)) {
      run("sysctl", "-q", "net.ipv6.conf." + each + ".accept_dad=0");
      command("ip", "-n", name, "link", "set", each, "up");
    }
  }

  private static String command(String... words) {
    try {
      Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertThat(process.waitFor()).as("%s: %s", String.join(" ", words), output).isZero();
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    command("ip", "netns", "delete", name);
  }
}
