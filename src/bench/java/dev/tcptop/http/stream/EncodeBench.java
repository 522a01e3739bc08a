package dev.tcptop.http.stream;

import dev.tcptop.collect.ebpf.Records;
import dev.tcptop.http.stream.EventEncoder.Form;
import dev.tcptop.publish.Selection;
import dev.tcptop.query.Filter;
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

/** The time from a frame to the bytes of the event stream, in nanoseconds per event. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EncodeBench {
  private static final Selection ALL = new Selection(Filter.ALL);

  private final Frame frame = Records.frame();

  @Benchmark
  @OperationsPerInvocation(Records.COUNT)
  public int encode() {
    // New ones for each run, since they keep what they have encoded.
    SharedEvents events = new SharedEvents(new EventEncoder(Form.SSE, "bench"));
    int length = 0;
    for (Iterator<Buffer> pieces = events.frame(frame, ALL); pieces.hasNext(); ) {
      length += pieces.next().length();
    }
    return length;
  }
}
