package dev.tcptop.collect.ebpf;

/** The packet filter for the marks of {@code src/test/c/mark.h}, which sockets set on packets. */
final class TruthFilter {
  private static final String RULES =
      """
      table inet truth {
        chain arriving {
          type filter hook input priority 0;
          meta mark 1 drop
          meta mark 2 reject with icmpx type host-unreachable
          meta mark 3 reject with icmpx type no-route
          meta mark 4 reject with icmpx type admin-prohibited
          meta mark 5 reject with icmpx type port-unreachable
          meta mark 6 meta l4proto tcp reject with tcp reset
          meta mark 7 numgen random mod 100 < 3 drop
        }
        chain leaving {
          type filter hook output priority 0;
          meta mark 8 numgen random mod 100 < 3 drop
        }
      }
      """;

  private TruthFilter() {}

  static void install(Netns netns) {
    netns.run("nft", RULES);
  }
}
