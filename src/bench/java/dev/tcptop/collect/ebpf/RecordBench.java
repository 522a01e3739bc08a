package dev.tcptop.collect.ebpf;

import dev.tcptop.collect.Reading;
import dev.tcptop.names.Names;
import dev.tcptop.table.ConnectionTable;
import dev.tcptop.table.Frame;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The time from a record to the table and to a frame, in nanoseconds per record. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RecordBench {
  // Two sets of records, so that all counters change each time.
  private final Records odd = new Records();
  private final Records even = new Records();
  private final ConnectionTable table = new ConnectionTable(odd.sample(), Names.NONE);
  private final Consumer<Reading> sink = table::apply;
  private boolean turn;

  public RecordBench() {
    even.rise();
  }

  private Records next() {
    turn = !turn;
    return turn ? odd : even;
  }

  @Benchmark
  @OperationsPerInvocation(Records.COUNT)
  public long read() {
    Records records = next();
    long sum = 0;
    for (int i = 0; i < Records.COUNT; i++) {
      Reading r = records.at(i);
      sum +=
          r.id()
              + r.bytesIn()
              + r.bytesOut()
              + r.packetsIn()
              + r.packetsOut()
              + r.rttMicros()
              + r.minRttMicros()
              + r.retransmits()
              + r.lifetimeBytesIn()
              + r.lifetimeBytesOut()
              + r.seenNanos()
              + r.uid()
              + r.netns()
              + r.protocol().ordinal()
              + (r.state() == null ? 0 : 1);
    }
    return sum;
  }

  @Benchmark
  @OperationsPerInvocation(Records.COUNT)
  public int update() {
    next().give(sink);
    return table.size();
  }

  @Benchmark
  @OperationsPerInvocation(Records.COUNT)
  public Frame updateAndFrame() {
    Records records = next();
    records.give(sink);
    return table.tick(records.sample(), false);
  }
}
