package dev.tcptop.collect.ebpf;

import dev.tcptop.collect.Collector;
import dev.tcptop.config.TcptopConfig;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Makes the collector of this platform for the application, and closes it at the end. */
final class CollectorProducer {
  @Produces
  @Singleton
  Collector collector(TcptopConfig config) {
    TcptopConfig.Kernel kernel = config.kernel();
    return new EbpfCollector(
        new EbpfCollector.Settings(
            kernel.ringBytes(),
            kernel.sampleRecords(),
            kernel.sockets(),
            kernel.flows(),
            kernel.udp(),
            config.udpIdle()));
  }

  void close(@Disposes Collector collector) {
    collector.close();
  }
}
