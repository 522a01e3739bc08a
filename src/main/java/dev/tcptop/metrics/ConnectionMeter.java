package dev.tcptop.metrics;

import dev.tcptop.model.CloseReason;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Connection.TcpFigures;
import dev.tcptop.model.Connection.Traffic;
import dev.tcptop.model.Phase;
import dev.tcptop.model.Protocol;
import dev.tcptop.model.TcpState;
import dev.tcptop.table.Frame;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts the connections of the whole machine. Each frame adds the differences to the former
 * figures of its connections: a tick costs as much as what changed, however many connections there
 * are, and a scrape always costs the same. The table's thread feeds it, any thread reads the
 * registry.
 */
final class ConnectionMeter {
  private static final Traffic NO_TRAFFIC = new Traffic(0, 0, 0, 0, 0, 0);

  private static final Duration[] RTT_BUCKETS =
      Stream.of(
              100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
              1_000_000, 2_500_000)
          .map(micros -> Duration.of(micros, ChronoUnit.MICROS))
          .toArray(Duration[]::new);

  private final MeterRegistry registry;
  private final ProtocolCount found;
  private final ProtocolCount opened;
  private final ProtocolCount packetsIn;
  private final ProtocolCount packetsOut;
  private final ProcessBytes bytes;
  private final Count retransmits;
  private final Timer rtt;
  private final Map<CloseReason, Count> closed = new EnumMap<>(CloseReason.class);
  private final Count closedUnseen;
  private final Count idle;
  private final Map<TcpState, AtomicInteger> open = new EnumMap<>(TcpState.class);
  private final AtomicInteger flows;

  private final Frame.Visitor shown =
      new Frame.Visitor() {
        @Override
        public void shortLived(long sequence, Frame.ShortLived connection) {
          show(connection.close());
        }

        @Override
        public void opened(long sequence, Connection connection) {
          show(connection);
        }

        // A quieted connection moved nothing. It is taken in all the same, so that the object known
        // here stays the table's own, and no second one is kept alive.
        @Override
        public void updated(long sequence, Connection connection) {
          show(connection);
        }

        @Override
        public void closed(long sequence, Connection connection) {
          show(connection);
        }
      };

  /** The open connections as the last frames showed them: the objects that the table holds too. */
  private final Long2ObjectHashMap<Connection> known = new Long2ObjectHashMap<>();

  /**
   * @param topProcesses the number of processes with byte counts of their own; 0: bytes are not
   *     counted by process
   */
  ConnectionMeter(MeterRegistry registry, int topProcesses) {
    this.registry = registry;
    found =
        ProtocolCount.in(
            registry,
            "tcptop.connections.found",
            "Connections that are older than tcptop",
            Tags.empty());
    opened =
        ProtocolCount.in(
            registry,
            "tcptop.connections.opened",
            "Connections that began while tcptop ran, attempts that failed among them",
            Tags.empty());
    packetsIn = packets("in");
    packetsOut = packets("out");
    bytes = new ProcessBytes(registry, topProcesses);
    retransmits =
        Count.in(
            registry,
            "tcptop.tcp.retransmitted.segments",
            "TCP segments sent again since tcptop started",
            Tags.empty());
    rtt =
        Timer.builder("tcptop.tcp.rtt")
            .description(
                "Smoothed round-trip time: an observation when a TCP connection is first seen, and"
                    + " one for each tick in which it changed")
            .serviceLevelObjectives(RTT_BUCKETS)
            .register(registry);
    for (CloseReason reason : CloseReason.values()) {
      closed.put(reason, closes("tcp", reason.name().toLowerCase(Locale.ROOT)));
    }
    closedUnseen = closes("tcp", "unseen");
    idle = closes("udp", "idle");
    for (TcpState state : TcpState.values()) {
      open.put(state, gauge("tcp", state.name()));
    }
    flows = gauge("udp", "-");
  }

  private ProtocolCount packets(String direction) {
    return ProtocolCount.in(
        registry,
        "tcptop.packets",
        "TCP segments as the kernel counts them for the socket, and UDP datagrams, since tcptop"
            + " started",
        Tags.of("direction", direction));
  }

  private Count closes(String protocol, String reason) {
    return Count.in(
        registry,
        "tcptop.connections.closed",
        "Connections that ended, by reason; unseen: how it ended was lost; idle: a UDP flow",
        Tags.of("protocol", protocol, "reason", reason));
  }

  private AtomicInteger gauge(String protocol, String state) {
    AtomicInteger number = new AtomicInteger();
    Gauge.builder("tcptop.connections", number, AtomicInteger::get)
        .description("Open connections as the last tick left them; UDP flows have no state")
        .tags("protocol", protocol, "state", state)
        .register(registry);
    return number;
  }

  /** Lets one more process have byte counts of its own. Called on any thread. */
  void placeIsDue() {
    bytes.placeIsDue();
  }

  /** Takes in the next frame. */
  void next(Frame frame) {
    frame.forEach(shown);
    bytes.endTick();
  }

  private void show(Connection now) {
    boolean ended = now.phase() == Phase.CLOSED;
    Connection before = ended ? known.remove(now.id()) : known.put(now.id(), now);
    if (before == null) {
      (now.partial() ? found : opened).of(now.protocol()).add(1);
    } else {
      open(before).decrementAndGet();
    }
    if (ended) {
      ended(now).add(1);
    } else {
      open(now).incrementAndGet();
    }
    count(before, now);
  }

  private void count(@Nullable Connection before, Connection now) {
    Traffic then = before == null ? NO_TRAFFIC : before.traffic();
    Traffic traffic = now.traffic();
    bytes.add(now, traffic.bytesIn() - then.bytesIn(), traffic.bytesOut() - then.bytesOut());
    packetsIn.of(now.protocol()).add(traffic.packetsIn() - then.packetsIn());
    packetsOut.of(now.protocol()).add(traffic.packetsOut() - then.packetsOut());
    TcpFigures tcp = now.tcp();
    if (tcp != null) {
      TcpFigures earlier = before == null ? null : before.tcp();
      if (earlier != null) {
        retransmits.add(tcp.retransmits() - earlier.retransmits());
      } else if (!now.partial()) {
        retransmits.add(tcp.retransmits());
      }
      if (tcp.rttMicros() >= 0 && (earlier == null || earlier.rttMicros() != tcp.rttMicros())) {
        rtt.record(tcp.rttMicros(), TimeUnit.MICROSECONDS);
      }
    }
  }

  private AtomicInteger open(Connection connection) {
    TcpState state = connection.state();
    return state == null ? flows : Objects.requireNonNull(open.get(state));
  }

  private Count ended(Connection connection) {
    if (connection.protocol() == Protocol.UDP) {
      return idle;
    }
    CloseReason reason = connection.closeReason();
    return reason == null ? closedUnseen : Objects.requireNonNull(closed.get(reason));
  }
}
