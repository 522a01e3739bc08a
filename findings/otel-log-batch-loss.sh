#!/bin/bash
# OpenTelemetry's BatchLogRecordProcessor drops the records that find its queue full. With its defaults (a queue of 2,048)
# a burst of 20,000 records loses thousands of them, though the exporter is healthy and fast; emit() says nothing, nothing is
# logged, and forceFlush() and shutdown() report success.
#
# Seen with opentelemetry-sdk-logs 1.57.0. What follows: size the queue for the greatest burst, and take the number of
# lost records from the SDK's own metrics.
set -eu

version=1.57.0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/pom.xml" <<END
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
<dependencies><dependency><groupId>io.opentelemetry</groupId><artifactId>opentelemetry-sdk-logs</artifactId><version>$version</version></dependency></dependencies></project>
END
mvn -q -B -f "$work/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory="$work/lib" 2>/dev/null
cat >"$work/Burst.java" <<'END'
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

public class Burst {
  public static void main(String[] args) {
    AtomicInteger exported = new AtomicInteger();
    LogRecordExporter exporter =
        new LogRecordExporter() {
          @Override
          public CompletableResultCode export(Collection<LogRecordData> records) {
            exported.addAndGet(records.size());
            return CompletableResultCode.ofSuccess();
          }

          @Override
          public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
          }

          @Override
          public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
          }
        };
    SdkLoggerProvider provider =
        SdkLoggerProvider.builder()
            .addLogRecordProcessor(BatchLogRecordProcessor.builder(exporter).build())
            .build();
    Logger logger = provider.get("finding");
    for (int i = 0; i < 20_000; i++) {
      logger.logRecordBuilder().setBody("record").emit();
    }
    boolean flushed = provider.forceFlush().join(10, TimeUnit.SECONDS).isSuccess();
    boolean shut = provider.shutdown().join(10, TimeUnit.SECONDS).isSuccess();
    System.out.println("emitted 20000, exported " + exported + ", flushed " + flushed + ", shut down " + shut);
    if (exported.get() >= 20_000 || !flushed || !shut) {
      System.exit(1);
    }
  }
}
END
echo "opentelemetry-sdk-logs $version"
java -cp "$work/lib/*" "$work/Burst.java" 2>"$work/errors" || {
    echo 'this changed' >&2
    exit 1
}
[[ ! -s $work/errors ]] || {
    echo 'it says something now:' >&2
    cat "$work/errors" >&2
    exit 1
}
