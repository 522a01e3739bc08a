#!/usr/bin/env bash
# OpenTelemetry for Java: with an exporter that fails every batch, forceFlush() and shutdown() of the log pipeline succeed.
#
# Surprise: their results tell that the processor has handed over what it had, not that anything was delivered. The result of
#   export() is dropped on the way, and where the exporter itself says nothing, nothing is logged.
# Matters: a monitor that waits for shutdown() at its end, to be sure of its last records, can be sure of none.
# Seen with: opentelemetry-sdk 1.68.0, JDK 17.
. "$(dirname "$0")/lib.sh"

maven io.opentelemetry:opentelemetry-sdk:1.68.0
java_program Undelivered >"$work/seen" 2>"$work/log" <<'JAVA'
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import java.util.Collection;
import java.util.concurrent.TimeUnit;

class Undelivered {
  /** Delivers nothing. */
  static class Failing implements LogRecordExporter {
    @Override
    public CompletableResultCode export(Collection<LogRecordData> batch) {
      return CompletableResultCode.ofFailure();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }

  public static void main(String[] args) {
    var provider =
        SdkLoggerProvider.builder()
            .addLogRecordProcessor(BatchLogRecordProcessor.builder(new Failing()).build())
            .build();
    provider.get("finding").logRecordBuilder().setBody("closed").emit();
    System.out.println("forceFlush: " + provider.forceFlush().join(10, TimeUnit.SECONDS).isSuccess());
    System.out.println("shutdown: " + provider.shutdown().join(10, TimeUnit.SECONDS).isSuccess());
  }
}
JAVA
echo "lines logged: $(wc -l <"$work/log")" >>"$work/seen"
expect "$work/seen" <<'SEEN'
forceFlush: true
shutdown: true
lines logged: 0
SEEN
