package dev.tcptop.collect.ebpf;

import dev.tcptop.model.Connection;
import dev.tcptop.model.Endpoint;
import dev.tcptop.model.Protocol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one end of a TCP connection sent, the other received, where nothing is lost.
 *
 * <p>Three segments are counted at one end only. The SYN reaches the listener, and the SYN-ACK
 * leaves a request that is no socket yet: the client counts one sent and one received more. Where
 * the client's socket has become a TIME_WAIT before the server's FIN came, the FIN and its ACK are
 * counted by the server alone: again one sent and one received. So the sums of both ends are equal,
 * but for a RST that its sender sends when it has closed.
 */
final class Balance {
  private record Ends(Endpoint local, Endpoint remote) {}

  private Balance() {}

  /**
   * The connections of these closes whose sums don't agree.
   *
   * @param resets how many more segments both ends received together than they sent
   */
  static List<String> broken(List<Connection> closes, int resets) {
    Map<Ends, Connection> ends = new HashMap<>();
    List<String> wrong = new ArrayList<>();
    for (Connection c : closes) {
      if (c.protocol() != Protocol.TCP) {
        continue;
      }
      Connection other = ends.remove(new Ends(c.remote(), c.local()));
      if (other == null) {
        ends.put(new Ends(c.local(), c.remote()), c);
        continue;
      }
      long out = c.traffic().packetsOut() + other.traffic().packetsOut();
      long in = c.traffic().packetsIn() + other.traffic().packetsIn();
      if (in - out != resets) {
        wrong.add(Truth.end(c) + ": both ends sent " + out + " and received " + in + " segments");
      }
    }
    ends.values().forEach(c -> wrong.add(Truth.end(c) + ": has no other end"));
    return wrong;
  }
}
