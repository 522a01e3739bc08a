package dev.tcptop.collect.ebpf;

import static dev.tcptop.collect.ebpf.Watch.between;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.model.Connection;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Connections of another network namespace. */
@Tag("matrix")
class NamespaceKernelIT {
  private static final String NAMESPACE = "tcptop-it-" + ProcessHandle.current().pid();

  @BeforeEach
  void addNamespace() throws IOException, InterruptedException {
    run("ip", "netns", "add", NAMESPACE);
    run("ip", "-n", NAMESPACE, "link", "set", "lo", "up");
  }

  @AfterEach
  void deleteNamespace() throws IOException, InterruptedException {
    run("ip", "netns", "delete", NAMESPACE);
  }

  @Test
  void aConnectionOfAnotherNamespaceIsSeenWithItsOwner() {
    try (Watch watch = Watch.begin();
        Peer there = Peer.start("ip", "netns", "exec", NAMESPACE)) {
      assertConnectionSeen(watch, there, connect(there), false);
    }
  }

  @Test
  void anOlderConnectionOfAnotherNamespaceIsSeenWithItsOwner() {
    try (Peer there = Peer.start("ip", "netns", "exec", NAMESPACE)) {
      int[] ports = connect(there);
      try (Watch watch = Watch.begin()) {
        assertConnectionSeen(watch, there, ports, true);
      }
    }
  }

  @Test
  void aFlowOfAnotherNamespaceIsSeenWithItsOwner() {
    try (Watch watch = Watch.begin();
        Peer there = Peer.start("ip", "netns", "exec", NAMESPACE)) {
      int port = there.ask("udp 127.0.0.1");
      there.ask("udpsend 127.0.0.1 " + port + " 5");
      Connection flow = watch.await("the flow", between(port, port));
      assertThat(flow.owner().pid()).isEqualTo(there.pid());
      assertThat(flow.netns()).isNotEqualTo(ownNamespace());
    }
  }

  private static int[] connect(Peer there) {
    int serverPort = there.ask("listen 127.0.0.1");
    return new int[] {there.ask("connect 127.0.0.1 " + serverPort), serverPort};
  }

  private static void assertConnectionSeen(Watch watch, Peer there, int[] ports, boolean partial) {
    there.ask("send 321");
    Connection seen =
        watch.await(
            "the connection", between(ports[0], ports[1]).and(c -> c.traffic().bytesOut() == 321));
    assertThat(seen.owner().pid()).isEqualTo(there.pid());
    assertThat(seen.partial()).isEqualTo(partial);
    assertThat(seen.netns()).isNotEqualTo(ownNamespace());
  }

  private static long ownNamespace() {
    try {
      String link =
          java.nio.file.Files.readSymbolicLink(java.nio.file.Path.of("/proc/self/ns/net"))
              .toString();
      return Long.parseLong(link.replaceAll("\\D", ""));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
  }
}
