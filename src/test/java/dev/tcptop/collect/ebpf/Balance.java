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
 * Compares the segments of the two ends of a TCP connection: as long as nothing is lost, each end
 * receives what the other end sends.
 *
 * <p>There are exceptions. An accepted socket counts the SYN that its listener received ({@code
 * tcp_create_openreq_child} begins {@code segs_in} at one), but no socket counts the SYN-ACK, which
 * is sent by a request that is not a socket yet. Both ends together therefore receive one segment
 * more than they send. A RST that a socket sends after it has closed adds one more. If the client's
 * socket has become a TIME_WAIT before the server's FIN arrives, only the server counts the FIN and
 * its ACK: one sent and one received. A segment that a slow machine retransmits may arrive when its
 * receiver is a TIME_WAIT, which counts nothing, so connections with retransmissions are left out.
 * On a machine so slow that the ACK of a FIN travels apart from the FIN of the other end, a segment
 * may reach no socket that counts it: {@link #STRAY_SHARE}. Other tests compare the counts of each
 * end with its TCP_INFO.
 */
final class Balance {
  private static final int SYN_ACK = 1;

  /** One in this many connections may have a segment that no socket received. */
  private static final int STRAY_SHARE = 50;

  private record Ends(Endpoint local, Endpoint remote) {}

  private Balance() {}

  /**
   * The connections whose sums do not agree, a line for each.
   *
   * @param closes the last views of both ends of each connection
   * @param resets the RSTs that a closed socket sent to the other end, for each connection
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

  /** The endpoint without a scope: each end of a link-local connection has its own scope. */
  private static Endpoint plain(Endpoint end) {
    return Endpoint.of(end.address().toString().replaceFirst("%.*", ""), end.port());
  }
}
