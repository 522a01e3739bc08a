package dev.tcptop.metrics;

import dev.tcptop.model.Protocol;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/** A counter for each protocol. */
record ProtocolCount(Count tcp, Count udp) {

  static ProtocolCount in(MeterRegistry registry, String name, String description, Tags tags) {
    return new ProtocolCount(
        Count.in(registry, name, description, tags.and("protocol", "tcp")),
        Count.in(registry, name, description, tags.and("protocol", "udp")));
  }

  Count of(Protocol protocol) {
    return protocol == Protocol.TCP ? tcp : udp;
  }
}
