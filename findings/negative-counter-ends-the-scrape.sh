#!/usr/bin/env bash
# Micrometer for Prometheus: one counter below zero takes all metrics away, where the former registry showed its value.
#
# Surprise: a FunctionCounter whose function answers -1 once (a difference of two readings that were taken at different
#   moments, say) makes scrape() throw, so that none of the other meters is shown. With the registry on the older client the
#   same program gives "bytes_total -1.0" and the rest.
# Matters: the whole monitor looks dead to Prometheus because of one value; a counter from differences has to be kept from
#   falling.
# Seen with: micrometer-registry-prometheus and -simpleclient 1.16.4, JDK 17.
. "$(dirname "$0")/lib.sh"

maven io.micrometer:micrometer-registry-prometheus:1.16.4 io.micrometer:micrometer-registry-prometheus-simpleclient:1.16.4
java_program Scrape >"$work/seen" 2>"$work/log" <<'JAVA'
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;

class Scrape {
  static void scrape(String name, MeterRegistry registry, Supplier<String> scrape) {
    registry.counter("packets").increment();
    FunctionCounter.builder("bytes", -1.0, value -> value).register(registry);
    System.out.println(name + ":");
    try {
      scrape.get().lines().filter(line -> !line.startsWith("#")).sorted().forEach(System.out::println);
    } catch (IllegalArgumentException e) {
      System.out.println("nothing but " + e);
    }
  }

  public static void main(String[] args) {
    var present =
        new io.micrometer.prometheusmetrics.PrometheusMeterRegistry(
            io.micrometer.prometheusmetrics.PrometheusConfig.DEFAULT);
    var former =
        new io.micrometer.prometheus.PrometheusMeterRegistry(
            io.micrometer.prometheus.PrometheusConfig.DEFAULT);
    scrape("micrometer-registry-prometheus-simpleclient", former, former::scrape);
    scrape("micrometer-registry-prometheus", present, present::scrape);
  }
}
JAVA
expect "$work/seen" <<'SEEN'
micrometer-registry-prometheus-simpleclient:
bytes_total -1.0
packets_total 1.0
micrometer-registry-prometheus:
nothing but java.lang.IllegalArgumentException: -1.0: counters cannot have a negative value
SEEN
