package dev.tcptop.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.prometheus.client.exporter.common.TextFormat;

/** The registry that Quarkus has too, and what Prometheus would get of it. */
@SuppressWarnings("deprecation") // the one of Quarkus
final class ScrapedRegistry {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  MeterRegistry registry() {
    return registry;
  }

  Scrape scrape() {
    return Scrape.of(registry.scrape(TextFormat.CONTENT_TYPE_OPENMETRICS_100));
  }
}
