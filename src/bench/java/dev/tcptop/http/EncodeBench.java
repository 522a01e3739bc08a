package dev.tcptop.http;

import dev.tcptop.collect.ebpf.Records;
import dev.tcptop.http.EventEncoder.Form;
import dev.tcptop.table.Frame;
import io.vertx.core.buffer.Buffer;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** From a frame to the bytes of the event stream. Nanoseconds an event. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EncodeBench {
  private final Frame frame = Records.frame();

  @Benchmark
  @OperationsPerInvocation(Records.COUNT)
  public int encode() {
    // A new one each time, since it keeps what it has encoded.
    EventEncoder encoder = new EventEncoder(Form.SSE, "bench");
    int length = 0;
    for (Iterator<Buffer> pieces = encoder.frame(frame); pieces.hasNext(); ) {
      length += pieces.next().length();
    }
    return length;
  }
}
