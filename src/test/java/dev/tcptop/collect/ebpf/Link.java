package dev.tcptop.collect.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;

/**
 * A link with an MTU of 1,500 bytes between two namespaces, called {@code v0} in both. One end has
 * the addresses 10.9.0.1, fd09::1 and fe80::1, the other 10.9.0.2, fd09::2 and fe80::2. The link
 * ends with the namespaces.
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

  /** The kernel adds this route when it has noticed the carrier, as the last step of the setup. */
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
