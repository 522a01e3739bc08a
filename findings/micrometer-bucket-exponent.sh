#!/bin/bash
# Micrometer's registry for Prometheus' simpleclient writes the bounds of a histogram as Java prints a double: a bucket of
# 100 microseconds has the label le="1.0E-4", where Prometheus' own libraries write le="0.0001".
#
# Seen with micrometer-registry-prometheus-simpleclient 1.16.0. What follows: no rule may match a bucket by the text of
# its le, since servers differ in whether they rewrite it.
set -eu

version=1.16.0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/pom.xml" <<END
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
<dependencies><dependency><groupId>io.micrometer</groupId><artifactId>micrometer-registry-prometheus-simpleclient</artifactId><version>$version</version></dependency></dependencies></project>
END
mvn -q -B -f "$work/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory="$work/lib" 2>/dev/null
cat >"$work/Bucket.java" <<'END'
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.time.Duration;

public class Bucket {
  public static void main(String[] args) {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Timer.builder("rtt").serviceLevelObjectives(Duration.ofNanos(100_000)).register(registry);
    registry.scrape().lines().filter(line -> line.contains("_bucket")).forEach(System.out::println);
  }
}
END
echo "micrometer-registry-prometheus-simpleclient $version"
output=$(java -cp "$work/lib/*" "$work/Bucket.java" 2>/dev/null)
echo "$output"
[[ $output == *'le="1.0E-4"'* ]] || {
    echo 'this changed' >&2
    exit 1
}
