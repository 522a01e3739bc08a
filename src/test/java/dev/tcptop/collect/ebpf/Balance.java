package dev.tcptop.collect.ebpf;

import dev.tcptop.model.Connection;
import dev.tcptop.model.Connection.TcpFigures;
import dev.tcptop.model.Endpoint;
import dev.tcptop.model.Protocol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one end of a TCP connection sent, the other received, where nothing is lost.
 *
 * <p>An accepted socket counts the SYN that its listener received (tcp_create_openreq_child begins
 * {@code segs_in} at one), but not the SYN-ACK, which leaves a request that is no socket yet: both
 * ends together receive one segment more than they send. A RST that its sender sends when it has
 * closed is one more. Where the client's socket has become a TIME_WAIT before the server's FIN
 * came, the server alone counts the FIN and its ACK: one sent and one received. A segment that a
 * slow machine sends again may come when its receiver is a TIME_WAIT, which counts nothing: such a
 * connection tells nothing here. On a machine so slow that the ACK of a FIN no longer travels with
 * the other end's own, now and then one segment meets nobody who counts it: {@link #STRAY_SHARE}.
 * What each end counts is compared with its TCP_INFO by tests of their own.
 */
final class Balance {
  private static final int SYN_ACK = 1;

  /** One connection of so many may have a segment that no socket received. */
  private static final int STRAY_SHARE = 50;

  private record Ends(Endpoint local, Endpoint remote) {}

  private Balance() {}

  /**
   * The connections of these closes whose sums don't agree.
   *
   * @param resets how many RSTs a closed socket sent to the other end
   */
  static List<String> broken(List<Connection> closes, int resets) {
    Map<Ends, Connection> ends = new HashMap<>();
    List<String> wrong = new ArrayList<>();
    List<String> stray = new ArrayList<>();
    for (Connection c : closes) {
      if (c.protocol() != Protocol.TCP) {
        continue;
      }
      Connection other = ends.remove(new Ends(plain(c.remote()), plain(c.local())));
      if (other == null) {
        ends.put(new Ends(plain(c.local()), plain(c.remote())), c);
        continue;
      }
      long out = c.traffic().packetsOut() + other.traffic().packetsOut();
      long in = c.traffic().packetsIn() + other.traffic().packetsIn();
      if (in - out != SYN_ACK + resets && !sentAgain(c) && !sentAgain(other)) {
        boolean one = in - out == SYN_ACK + resets - 1;
        (one ? stray : wrong)
            .add(
                "%s: sent %s and received %s segments, the other end %s and %s"
                    .formatted(
                        Truth.end(c),
                        c.traffic().packetsOut(),
                        c.traffic().packetsIn(),
                        other.traffic().packetsOut(),
                        other.traffic().packetsIn()));
      }
    }
    if (stray.size() > Math.max(2, closes.size() / 2 / STRAY_SHARE)) {
      wrong.addAll(stray);
    }
    ends.values().forEach(c -> wrong.add(Truth.end(c) + ": has no other end"));
    return wrong;
  }

  private static boolean sentAgain(Connection c) {
    TcpFigures tcp = c.tcp();
    return tcp != null && tcp.retransmits() > 0;
  }

  /** Without scope: each end of a link-local connection has its own. */
  private static Endpoint plain(Endpoint end) {
    return Endpoint.of(end.address().toString().replaceFirst("%.*", ""), end.port());
  }
}
