package dev.tcptop.collect.ebpf;

import dev.tcptop.collect.Reading;
import dev.tcptop.collect.Sample;
import dev.tcptop.model.Losses;
import dev.tcptop.names.Names;
import dev.tcptop.table.ConnectionTable;
import dev.tcptop.table.Frame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Records as the kernel program writes them: established IPv4 connections whose counters rise. */
public final class Records {
  public static final int COUNT = 1000;

  private static final int ESTABLISHED = 1;
  private static final int AF_INET = 2;
  private static final int IPPROTO_TCP = 6;

  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(COUNT * Layout.RECORD).order(ByteOrder.nativeOrder());
  private final RecordView view = new RecordView(buffer);
  private long now = 1;

  public Records() {
    for (int i = 0; i < COUNT; i++) {
      int start = i * Layout.RECORD;
      buffer.putLong(start + Layout.ID, i + 1);
      buffer.put(start + Layout.PROTOCOL, (byte) IPPROTO_TCP);
      buffer.put(start + Layout.FAMILY, (byte) AF_INET);
      buffer.put(start + Layout.STATE, (byte) ESTABLISHED);
      buffer.put(start + Layout.LOCAL_ADDRESS, new byte[] {10, 0, (byte) (i >> 8), (byte) i});
      buffer.put(start + Layout.REMOTE_ADDRESS, new byte[] {10, 1, (byte) (i >> 8), (byte) i});
      buffer.putShort(start + Layout.LOCAL_PORT, (short) 443);
      buffer.putShort(start + Layout.REMOTE_PORT, (short) (30_000 + i));
      buffer.putInt(start + Layout.PID, 1000 + i % 8);
      buffer.put(start + Layout.PID_SOURCE, (byte) 5);
      buffer.put(start + Layout.PROCESS, "nginx".getBytes(StandardCharsets.US_ASCII));
      buffer.putInt(start + Layout.NETNS, 1);
    }
    rise();
  }

  /** Increases all counters. */
  public void rise() {
    now += 1_000_000_000;
    for (int i = 0; i < COUNT; i++) {
      int start = i * Layout.RECORD;
      buffer.putLong(start + Layout.SEEN_NS, now);
      add(start + Layout.BYTES_IN, 1_400);
      add(start + Layout.BYTES_OUT, 123_456);
      add(start + Layout.LIFETIME_BYTES_IN, 1_400);
      add(start + Layout.LIFETIME_BYTES_OUT, 123_456);
      add(start + Layout.PACKETS_IN, 40);
      add(start + Layout.PACKETS_OUT, 90);
      buffer.putInt(start + Layout.RTT_US, 250 + (int) (now / 1_000_000_000 % 7));
      buffer.putInt(start + Layout.MIN_RTT_US, 180);
    }
  }

  private void add(int at, long more) {
    buffer.putLong(at, buffer.getLong(at) + more);
  }

  /** Passes all records to a sink. */
  public void give(Consumer<Reading> sink) {
    for (int i = 0; i < COUNT; i++) {
      sink.accept(view.at(i));
    }
  }

  Reading at(int index) {
    return view.at(index);
  }

  /** The figures of a sample that is taken now. */
  public Sample sample() {
    return new Sample(now, now, Losses.NONE, 0, 0);
  }

  /** A frame in which all connections have changed. */
  public static Frame frame() {
    Records records = new Records();
    ConnectionTable table = new ConnectionTable(records.sample(), Names.NONE);
    records.give(table::apply);
    table.tick(records.sample(), false);
    records.rise();
    records.give(table::apply);
    return table.tick(records.sample(), false);
  }
}
