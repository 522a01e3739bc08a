package dev.tcptop.collect.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;

/**
 * A link of 1,500 bytes, {@code v0} at both ends, between two namespaces: 10.9.0.1, fd09::1 and
 * fe80::1 in the one, 10.9.0.2, fd09::2 and fe80::2 in the other. It goes with them.
 */
final class Link {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Link() {}

  static void between(Netns one, Netns other) throws InterruptedException {
    one.run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v0", "netns", other.name());
    address(one, 1);
    address(other, 2);
    for (Netns netns : List.of(one, other)) {
      awaitMulticastRoute(netns);
    }
  }

  private static void address(Netns netns, int host) {
    netns.run("ip", "addr", "add", "10.9.0." + host + "/24", "brd", "+", "dev", "v0");
    netns.run("ip", "addr", "add", "fd09::" + host + "/64", "dev", "v0", "nodad");
    netns.run("ip", "addr", "add", "fe80::" + host + "/64", "dev", "v0", "nodad");
    netns.run("ip", "link", "set", "v0", "up");
  }

  /** The kernel makes it when it has noticed the carrier: the last thing to be ready. */
  private static void awaitMulticastRoute(Netns netns) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!netns
        .run("ip", "-6", "route", "show", "table", "all", "dev", "v0")
        .contains("ff00::")) {
      assertThat(System.nanoTime()).as("IPv6 on v0").isLessThan(deadline);
      Thread.sleep(10);
    }
  }
}
