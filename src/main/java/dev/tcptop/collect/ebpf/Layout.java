package dev.tcptop.collect.ebpf;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * The offsets, in bytes, of the fields of {@code struct record} of {@code bpf/record.h} and of
 * {@code struct header} of {@code native/collector.h}. The native library states them. They are
 * final fields here, so that the compiler of the JVM can treat them as constants.
 */
final class Layout {
  private static final Map<String, Integer> OFFSETS =
      Native.layout()
          .lines()
          .map(line -> line.split(" ", 2))
          .collect(Collectors.toMap(parts -> parts[0], parts -> Integer.valueOf(parts[1])));

  /** The size of a record. */
  static final int RECORD = at("record");

  static final int ID = record("id");
  static final int SINCE_NS = record("since_ns");
  static final int SEEN_NS = record("seen_ns");
  static final int BYTES_IN = record("bytes_in");
  static final int BYTES_OUT = record("bytes_out");
  static final int PACKETS_IN = record("packets_in");
  static final int PACKETS_OUT = record("packets_out");
  static final int LIFETIME_BYTES_IN = record("lifetime_bytes_in");
  static final int LIFETIME_BYTES_OUT = record("lifetime_bytes_out");
  static final int RTT_US = record("rtt_us");
  static final int MIN_RTT_US = record("min_rtt_us");
  static final int RETRANSMITS = record("retransmits");
  static final int PID = record("pid");
  static final int UID = record("uid");
  static final int NETNS = record("netns");
  static final int SCOPE = record("scope");
  static final int LOCAL_ADDRESS = record("local_address");
  static final int REMOTE_ADDRESS = record("remote_address");
  static final int LOCAL_PORT = record("local_port");
  static final int REMOTE_PORT = record("remote_port");
  static final int PROTOCOL = record("protocol");
  static final int FAMILY = record("family");
  static final int STATE = record("state");
  static final int LAST_STATE = record("last_state");
  static final int ERROR = record("error");
  static final int DIRECTION = record("direction");
  static final int PID_SOURCE = record("pid_source");
  static final int FLAGS = record("flags");
  static final int PROCESS = record("process");

  static final int MONOTONIC_NS = header("monotonic_ns");
  static final int REALTIME_NS = header("realtime_ns");
  static final int LOST_CLOSES = header("lost_closes");
  static final int LOST_SOCKETS = header("lost_sockets");
  static final int LOST_FLOWS = header("lost_flows");
  static final int LOST_DATAGRAMS = header("lost_datagrams");
  static final int LOST_EVENTS = header("lost_events");
  static final int BPF_RUN_NS = header("bpf_run_ns");
  static final int BPF_RUNS = header("bpf_runs");
  static final int SAMPLES = header("samples");
  static final int CLOSES = header("closes");
  static final int UDP_WAY = header("udp_way");
  static final int UDP_ERROR = header("udp_error");

  private Layout() {}

  /** The offsets of the record's fields, by the field's C name. */
  static Map<String, Integer> recordFields() {
    String prefix = "record.";
    return OFFSETS.keySet().stream()
        .filter(name -> name.startsWith(prefix))
        .collect(Collectors.toMap(name -> name.substring(prefix.length()), Layout::at));
  }

  private static int record(String field) {
    return at("record." + field);
  }

  private static int header(String field) {
    return at("header." + field);
  }

  private static int at(String name) {
    Integer offset = OFFSETS.get(name);
    if (offset == null) {
      throw new IllegalStateException("the native library states no " + name);
    }
    return offset;
  }
}
