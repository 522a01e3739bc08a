package dev.tcptop.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Connection.TcpFigures;
import dev.tcptop.model.Connection.Traffic;
import dev.tcptop.model.Losses;
import dev.tcptop.model.Owner;
import dev.tcptop.model.PidSource;
import java.io.IOException;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The JSON of the interface: flat, every key always there, null where it does not apply. */
final class ConnectionJson {
  private ConnectionJson() {}

  static void write(JsonGenerator json, Connection c) throws IOException {
    json.writeStartObject();
    writeFields(json, c);
    json.writeEndObject();
  }

  static void writeFields(JsonGenerator json, Connection c) throws IOException {
    Owner owner = c.owner();
    Traffic traffic = c.traffic();
    TcpFigures tcp = c.tcp();
    json.writeStringField("id", Long.toString(c.id()));
    word(json, "protocol", c.protocol());
    word(json, "family", c.family());
    json.writeStringField("localAddress", c.local().address().toString());
    json.writeNumberField("localPort", c.local().port());
    json.writeStringField("remoteAddress", c.remote().address().toString());
    json.writeNumberField("remotePort", c.remote().port());
    word(json, "direction", c.direction());
    json.writeStringField("state", c.state() == null ? null : c.state().name());
    word(json, "phase", c.phase());
    json.writeBooleanField("partial", c.partial());
    if (owner.pid() == 0) {
      json.writeNullField("pid");
      json.writeNullField("process");
    } else {
      json.writeNumberField("pid", owner.pid());
      json.writeStringField("process", owner.process());
    }
    word(json, "pidSource", owner.source() == PidSource.NONE ? null : owner.source());
    json.writeNumberField("uid", c.uid());
    json.writeNumberField("netns", c.netns());
    json.writeNumberField("bytesIn", traffic.bytesIn());
    json.writeNumberField("bytesOut", traffic.bytesOut());
    json.writeNumberField("packetsIn", traffic.packetsIn());
    json.writeNumberField("packetsOut", traffic.packetsOut());
    json.writeNumberField("bytesInPerSecond", traffic.bytesInPerSecond());
    json.writeNumberField("bytesOutPerSecond", traffic.bytesOutPerSecond());
    count(json, "rttMicros", tcp == null ? -1 : tcp.rttMicros());
    count(json, "minRttMicros", tcp == null ? -1 : tcp.minRttMicros());
    count(json, "retransmits", tcp == null ? -1 : tcp.retransmits());
    count(json, "lifetimeBytesIn", tcp == null ? -1 : tcp.lifetimeBytesIn());
    count(json, "lifetimeBytesOut", tcp == null ? -1 : tcp.lifetimeBytesOut());
    word(json, "closeReason", c.closeReason());
    time(json, "since", c.since());
    time(json, "lastSeen", c.lastSeen());
    time(json, "closedAt", c.closedAt());
    json.writeNullField("pod");
    json.writeNullField("namespace");
    json.writeNullField("container");
  }

  /** An object of what was lost, by cause. */
  static void lost(JsonGenerator json, Losses lost) throws IOException {
    json.writeObjectFieldStart("lost");
    json.writeNumberField("closes", lost.closes());
    json.writeNumberField("sockets", lost.sockets());
    json.writeNumberField("flows", lost.flows());
    json.writeNumberField("datagrams", lost.datagrams());
    json.writeNumberField("events", lost.events());
    json.writeEndObject();
  }

  static void time(JsonGenerator json, String key, @Nullable Instant time) throws IOException {
    json.writeStringField(key, time == null ? null : time.toString());
  }

  private static void word(JsonGenerator json, String key, @Nullable Enum<?> word)
      throws IOException {
    json.writeStringField(key, word == null ? null : word.name().toLowerCase(Locale.ROOT));
  }

  /** A count; negative: there is none. */
  private static void count(JsonGenerator json, String key, long count) throws IOException {
    if (count < 0) {
      json.writeNullField(key);
    } else {
      json.writeNumberField(key, count);
    }
  }
}
