package dev.tcptop.collect.ebpf;

import static dev.tcptop.collect.ebpf.Watch.between;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.model.Connection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Connections in a network namespace other than that of the collector. */
@Tag("matrix")
class NamespaceKernelIT {
  private Netns namespace;

  @BeforeEach
  void addNamespace() {
    namespace = Netns.create();
  }

  @AfterEach
  void deleteNamespace() {
    namespace.close();
  }

  @Test
  void aConnectionOfAnotherNamespaceIsSeenWithItsOwner() {
    try (Watch watch = Watch.begin();
        Peer there = Peer.start(namespace.behind())) {
      assertConnectionSeen(watch, there, connect(there), false);
    }
  }

  @Test
  void anOlderConnectionOfAnotherNamespaceIsSeenWithItsOwner() {
    try (Peer there = Peer.start(namespace.behind())) {
      int[] ports = connect(there);
      try (Watch watch = Watch.begin()) {
        assertConnectionSeen(watch, there, ports, true);
      }
    }
  }

  @Test
  void aFlowOfAnotherNamespaceIsSeenWithItsOwner() {
    try (Watch watch = Watch.begin();
        Peer there = Peer.start(namespace.behind())) {
      int port = there.ask("udp 127.0.0.1");
      there.ask("udpsend 127.0.0.1 " + port + " 5");
      Connection flow = watch.await("the flow", between(port, port));
      assertThat(flow.owner().pid()).isEqualTo(there.pid());
      assertThat(flow.netns()).isEqualTo(namespace.inode());
    }
  }

  private static int[] connect(Peer there) {
    int serverPort = there.ask("listen 127.0.0.1");
    return new int[] {there.ask("connect 127.0.0.1 " + serverPort), serverPort};
  }

  private void assertConnectionSeen(Watch watch, Peer there, int[] ports, boolean partial) {
    there.ask("send 321");
    Connection seen =
        watch.await(
            "the connection", between(ports[0], ports[1]).and(c -> c.traffic().bytesOut() == 321));
    assertThat(seen.owner().pid()).isEqualTo(there.pid());
    assertThat(seen.partial()).isEqualTo(partial);
    assertThat(seen.netns()).isEqualTo(namespace.inode());
  }
}
