package dev.tcptop.collect.ebpf;

import dev.tcptop.collect.Collector;
import dev.tcptop.config.TcptopConfig;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Gives the application the collector of its platform. */
final class CollectorProducer {
  @Produces
  @Singleton
  Collector collector(TcptopConfig config) {
    return new EbpfCollector(EbpfCollector.Settings.usual(config.udpIdle()));
  }

  void close(@Disposes Collector collector) {
    collector.close();
  }
}
