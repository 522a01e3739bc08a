package dev.tcptop.format;

import dev.tcptop.collect.ebpf.Records;
import dev.tcptop.config.TcptopConfig.Bytes;
import dev.tcptop.model.Connection;
import dev.tcptop.table.Changes;
import dev.tcptop.table.Frame;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The time from a frame to a line, in nanoseconds per line. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LineBench {
  private final Frame frame = Records.frame();
  private final List<Connection> connections = Changes.of(frame).updated();
  private final LineFormat format =
      new LineFormat(new Quantities(Bytes.BOTH), false, ZoneOffset.UTC);
  private final StringBuilder lines = new StringBuilder();

  @Benchmark
  @OperationsPerInvocation(Records.COUNT)
  public int line() {
    lines.setLength(0);
    for (Connection connection : connections) {
      format.append(lines, frame.time(), Marker.NONE, connection);
    }
    return lines.length();
  }
}
