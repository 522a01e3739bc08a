package dev.tcptop.format;

import dev.tcptop.model.Connection;
import dev.tcptop.model.Connection.TcpFigures;
import dev.tcptop.model.Connection.Traffic;
import dev.tcptop.model.Owner;
import dev.tcptop.model.PidSource;
import java.io.IOException;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a connection as the interface has them: every key, its value, and their order. All
 * forms of output walk this one list.
 */
public final class ConnectionFields {
  private ConnectionFields() {}

  /** Gives the sink each field. */
  public static void walk(Connection c, FieldSink sink) throws IOException {
    Owner owner = c.owner();
    Traffic traffic = c.traffic();
    TcpFigures tcp = c.tcp();
    sink.text("id", Long.toString(c.id()));
    word(sink, "protocol", c.protocol());
    word(sink, "family", c.family());
    sink.text("localAddress", c.local().address().toString());
    sink.number("localPort", c.local().port());
    sink.text("remoteAddress", c.remote().address().toString());
    sink.number("remotePort", c.remote().port());
    word(sink, "direction", c.direction());
    sink.text("state", c.state() == null ? null : c.state().name());
    word(sink, "phase", c.phase());
    sink.truth("partial", c.partial());
    count(sink, "pid", owner.pid() == 0 ? -1 : owner.pid());
    sink.text("process", owner.pid() == 0 ? null : owner.process());
    word(sink, "pidSource", owner.source() == PidSource.NONE ? null : owner.source());
    sink.number("uid", c.uid());
    sink.number("netns", c.netns());
    sink.number("bytesIn", traffic.bytesIn());
    sink.number("bytesOut", traffic.bytesOut());
    sink.number("packetsIn", traffic.packetsIn());
    sink.number("packetsOut", traffic.packetsOut());
    sink.number("bytesInPerSecond", traffic.bytesInPerSecond());
    sink.number("bytesOutPerSecond", traffic.bytesOutPerSecond());
    count(sink, "rttMicros", tcp == null ? -1 : tcp.rttMicros());
    count(sink, "minRttMicros", tcp == null ? -1 : tcp.minRttMicros());
    count(sink, "retransmits", tcp == null ? -1 : tcp.retransmits());
    count(sink, "lifetimeBytesIn", tcp == null ? -1 : tcp.lifetimeBytesIn());
    count(sink, "lifetimeBytesOut", tcp == null ? -1 : tcp.lifetimeBytesOut());
    word(sink, "closeReason", c.closeReason());
    time(sink, "since", c.since());
    time(sink, "lastSeen", c.lastSeen());
    time(sink, "closedAt", c.closedAt());
    sink.text("pod", c.naming().pod());
    sink.text("namespace", c.naming().namespace());
    sink.text("container", c.naming().container());
  }

  private static void word(FieldSink sink, String key, @Nullable Enum<?> word) throws IOException {
    sink.text(key, word == null ? null : word.name().toLowerCase(Locale.ROOT));
  }

  /** A count; negative: the field does not apply. */
  private static void count(FieldSink sink, String key, long count) throws IOException {
    if (count < 0) {
      sink.noNumber(key);
    } else {
      sink.number(key, count);
    }
  }

  private static void time(FieldSink sink, String key, @Nullable Instant time) throws IOException {
    sink.text(key, time == null ? null : time.toString());
  }
}
