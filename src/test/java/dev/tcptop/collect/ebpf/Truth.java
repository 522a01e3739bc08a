package dev.tcptop.collect.ebpf;

import dev.tcptop.model.Connection;
import dev.tcptop.model.Connection.TcpFigures;
import dev.tcptop.model.PidSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The figures that a workload states for one end of a connection: keys of the contract and their
 * values. A value may be a choice, {@code close|fd}, or bounds, {@code 100..200}.
 */
record Truth(Map<String, String> values) {
  private static final List<String> ADDRESSES =
      List.of("protocol", "localAddress", "localPort", "remoteAddress", "remotePort");

  /** Reads a line that {@code src/test/c/truth.h} wrote. */
  static Truth parse(String line) {
    return new Truth(
        Arrays.stream(line.split(" "))
            .map(word -> word.split("=", 2))
            .collect(
                Collectors.toMap(
                    pair -> pair[0], pair -> pair[1], (a, b) -> b, LinkedHashMap::new)));
  }

  /** The protocol and the addresses, which identify an end of a connection. */
  String end() {
    return end(values);
  }

  static String end(Connection connection) {
    return end(fields(connection));
  }

  private static String end(Map<String, String> fields) {
    return ADDRESSES.stream().map(fields::get).collect(Collectors.joining(" "));
  }

  /**
   * The figures of a connection that differ from this truth, an entry for each key.
   *
   * @param acceptsSeen whether the collector sees accepts as they happen; if not, it learns the
   *     owner that {@code accept} stands for from the close or the descriptor
   */
  List<String> differences(Connection seen, boolean acceptsSeen) {
    Map<String, String> fields = fields(seen);
    List<String> wrong = new ArrayList<>();
    values.forEach(
        (key, value) -> {
          String wanted =
              key.equals("pidSource") && value.equals("accept") && !acceptsSeen
                  ? "close|fd"
                  : value;
          String found = fields.get(key);
          if (!matches(wanted, found)) {
            wrong.add(key + " is " + found + ", not " + wanted);
          }
        });
    return wrong;
  }

  private static boolean matches(String wanted, String found) {
    int range = wanted.indexOf("..");
    if (range > 0) {
      long n = Long.parseLong(found);
      return n >= Long.parseLong(wanted.substring(0, range))
          && n <= Long.parseLong(wanted.substring(range + 2));
    }
    return Arrays.asList(wanted.split("\\|")).contains(found);
  }

  /** The fields of a connection by the contract's keys; null becomes {@code null}. */
  private static Map<String, String> fields(Connection c) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("protocol", c.protocol());
    fields.put("family", c.family());
    fields.put("localAddress", c.local().address());
    fields.put("localPort", c.local().port());
    fields.put("remoteAddress", c.remote().address());
    fields.put("remotePort", c.remote().port());
    fields.put("direction", c.direction());
    fields.put("partial", c.partial());
    fields.put("pid", c.owner().pid() == 0 ? null : c.owner().pid());
    fields.put("process", c.owner().pid() == 0 ? null : c.owner().process());
    fields.put("pidSource", c.owner().source() == PidSource.NONE ? null : c.owner().source());
    fields.put("uid", c.uid());
    fields.put("netns", c.netns());
    fields.put("bytesIn", c.traffic().bytesIn());
    fields.put("bytesOut", c.traffic().bytesOut());
    fields.put("packetsIn", c.traffic().packetsIn());
    fields.put("packetsOut", c.traffic().packetsOut());
    TcpFigures tcp = c.tcp();
    if (tcp != null) {
      fields.put("rttMicros", tcp.rttMicros());
      fields.put("minRttMicros", tcp.minRttMicros());
      fields.put("retransmits", tcp.retransmits());
      fields.put("lifetimeBytesIn", tcp.lifetimeBytesIn());
      fields.put("lifetimeBytesOut", tcp.lifetimeBytesOut());
    }
    fields.put("closeReason", c.closeReason());
    Map<String, String> texts = new LinkedHashMap<>();
    fields.forEach(
        (key, value) ->
            texts.put(
                key,
                value instanceof Enum<?> word
                    ? word.name().toLowerCase(Locale.ROOT)
                    : String.valueOf(value)));
    return texts;
  }
}
