package dev.tcptop.collect.ebpf;

import dev.tcptop.collect.Collector;
import dev.tcptop.collect.CollectorException;
import dev.tcptop.collect.Errno;
import dev.tcptop.collect.Observation;
import dev.tcptop.collect.Observation.Accepts;
import dev.tcptop.collect.Reading;
import dev.tcptop.collect.Sample;
import dev.tcptop.config.Defaults;
import dev.tcptop.config.TcptopConfig.UdpWay;
import dev.tcptop.model.Losses;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Observes the connections of this Linux machine with the kernel program in {@code bpf/}. */
public final class EbpfCollector implements Collector {

  /**
   * The sizes of the kernel side, and how it observes UDP.
   *
   * @param ringBytes the size of the ring of closing records: a power of two, whole pages
   * @param sampleRecords the records that one walk can report; more take further walks
   * @param sockets the TCP sockets that are held at a time
   * @param flows the UDP flows that are held at a time
   * @param udp how UDP is observed
   * @param udpIdle the idle time after which a UDP flow ends
   */
  public record Settings(
      int ringBytes, int sampleRecords, int sockets, int flows, UdpWay udp, Duration udpIdle) {

    /** The default sizes, with the given idle time. */
    public static Settings usual(Duration udpIdle) {
      return new Settings(
          Defaults.RING_BYTES,
          Defaults.SAMPLE_RECORDS,
          Defaults.SOCKETS,
          Defaults.FLOWS,
          UdpWay.AUTO,
          udpIdle);
    }
  }

  /** The ways in the order of {@code enum udp_way} of {@code native/collector.h}. */
  private static final List<UdpWay> WAYS =
      List.of(UdpWay.OFF, UdpWay.CGROUP_SKB, UdpWay.FENTRY, UdpWay.AUTO);

  private final long idleNanos;
  private final ByteBuffer header;
  private final RecordView samples;
  private final RecordView closes;
  private final Observation observation;
  private final Sample opened;
  private long handle;

  /**
   * Loads and attaches the kernel program, and finds the connections that exist already.
   *
   * @throws CollectorException if the kernel or the privileges do not allow it
   */
  public EbpfCollector(Settings settings) {
    byte[] object = NativeLibrary.read("tcptop.bpf.o");
    @Nullable Object[] out = new @Nullable Object[3];
    handle =
        Native.open(
            ByteBuffer.allocateDirect(object.length).put(object),
            settings.ringBytes(),
            settings.sampleRecords(),
            settings.sockets(),
            settings.flows(),
            WAYS.indexOf(settings.udp()),
            out);
    if (handle < 0) {
      int errno = (int) -handle;
      throw new CollectorException(
          out[0] instanceof String operation ? operation : "open the collector",
          errno,
          errno == Errno.EPERM ? "this kernel's policy forbids it" : "",
          out[1] instanceof String log ? log : "");
    }
    idleNanos = settings.udpIdle().toNanos();
    header = buffer(out[0]);
    samples = new RecordView(buffer(out[1]));
    closes = new RecordView(buffer(out[2]));
    observation = observed();
    opened = figures();
  }

  private static ByteBuffer buffer(@Nullable Object direct) {
    if (direct instanceof ByteBuffer buffer) {
      return buffer.order(ByteOrder.nativeOrder());
    }
    throw new IllegalStateException("the native library gave no buffer");
  }

  private Observation observed() {
    UdpWay way = WAYS.get(header.getInt(Layout.UDP_WAY));
    String kernel = Requirements.kernelRelease();
    return switch (way) {
      case FENTRY -> new Observation(kernel, Observation.Udp.FENTRY, null, Accepts.FEXIT);
      case CGROUP_SKB ->
          new Observation(
              kernel, Observation.Udp.CGROUP_SKB, null, Accepts.CLOSE_OR_FILE_DESCRIPTOR);
      case OFF, AUTO ->
          new Observation(
              kernel,
              null,
              udpMissing(header.getInt(Layout.UDP_ERROR)),
              Accepts.CLOSE_OR_FILE_DESCRIPTOR);
    };
  }

  private static String udpMissing(int errno) {
    return switch (errno) {
      case 0 -> "it is switched off";
      case Errno.EPERM, Errno.EACCES ->
          "this kernel has no fentry, and attaching to the root of cgroup v2 takes root";
      case Errno.ENOENT -> "this kernel has no fentry, and no cgroup v2 is mounted";
      default ->
          "this kernel has no fentry, and attaching to the root of cgroup v2 failed: "
              + Errno.describe(errno);
    };
  }

  @Override
  public Sample opened() {
    return opened;
  }

  @Override
  public Observation observation() {
    return observation;
  }

  @Override
  public synchronized Sample sample(Depth depth, Consumer<Reading> sink) {
    if (handle == 0) {
      throw new IllegalStateException("the collector is closed");
    }
    int flags =
        switch (depth) {
          case CLOSED -> 0;
          case CHANGED -> Native.SAMPLE_LIVE;
          case REMAINING -> Native.SAMPLE_LIVE | Native.SAMPLE_SWEEP | Native.SAMPLE_AGAIN;
        };
    int more;
    do {
      more = Native.sample(handle, flags, idleNanos);
      if (more < 0) {
        throw new CollectorException("read the kernel program's records", -more, "", "");
      }
      give(samples, header.getInt(Layout.SAMPLES), sink);
      give(closes, header.getInt(Layout.CLOSES), sink);
      flags |= Native.SAMPLE_AGAIN;
    } while (more > 0);
    return figures();
  }

  private Sample figures() {
    return new Sample(
        header.getLong(Layout.MONOTONIC_NS),
        header.getLong(Layout.REALTIME_NS),
        new Losses(
            header.getLong(Layout.LOST_CLOSES),
            header.getLong(Layout.LOST_SOCKETS),
            header.getLong(Layout.LOST_FLOWS),
            header.getLong(Layout.LOST_DATAGRAMS),
            header.getLong(Layout.LOST_EVENTS)),
        header.getLong(Layout.BPF_RUN_NS),
        header.getLong(Layout.BPF_RUNS));
  }

  private static void give(RecordView records, int count, Consumer<Reading> sink) {
    for (int i = 0; i < count; i++) {
      sink.accept(records.at(i));
    }
  }

  @Override
  public synchronized void close() {
    if (handle != 0) {
      Native.close(handle);
      handle = 0;
    }
  }
}
