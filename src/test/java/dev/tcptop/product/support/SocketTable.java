package dev.tcptop.product.support;

import dev.tcptop.collect.ebpf.Netns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The TCP connections of a network namespace as the kernel shows them in {@code /proc/net/tcp},
 * {@code /proc/net/tcp6} and {@code ss}. Listeners, request sockets and sockets in TIME_WAIT are
 * not connections.
 *
 * @param proc by {@link #end}
 * @param ss by {@link #end}
 */
public record SocketTable(Map<String, ProcRow> proc, Map<String, SsRow> ss) {
  /** By the numbers of {@code include/net/tcp_states.h}, which begin at 1. */
  private static final String[] STATES = {
    "ESTABLISHED",
    "SYN_SENT",
    "SYN_RECV",
    "FIN_WAIT1",
    "FIN_WAIT2",
    "TIME_WAIT",
    "CLOSE",
    "CLOSE_WAIT",
    "LAST_ACK",
    "LISTEN",
    "CLOSING",
    "NEW_SYN_RECV"
  };

  private static final Set<String> NO_CONNECTION =
      Set.of("SYN_RECV", "TIME_WAIT", "CLOSE", "LISTEN", "NEW_SYN_RECV");

  /** The timer of a TIME_WAIT socket, whose state may be printed as FIN_WAIT2. */
  private static final String TIME_WAIT_TIMER = "03:";

  /** The names that {@code ss} has for the states. */
  private static final Map<String, String> SS_STATES =
      Map.of(
          "ESTAB", "ESTABLISHED",
          "SYN-SENT", "SYN_SENT",
          "FIN-WAIT-1", "FIN_WAIT1",
          "FIN-WAIT-2", "FIN_WAIT2",
          "CLOSE-WAIT", "CLOSE_WAIT",
          "LAST-ACK", "LAST_ACK",
          "CLOSING", "CLOSING");

  /** States after the peer's FIN, which the kernel counts in {@code bytes_received}. */
  private static final Set<String> PEER_HAS_ENDED = Set.of("CLOSE_WAIT", "LAST_ACK", "CLOSING");

  private static final Pattern USER = Pattern.compile("\\(\"([^\"]*)\",pid=(\\d+),fd=\\d+\\)");
  private static final Pattern FIGURE = Pattern.compile(" (\\w+):([\\d./]+)(?= |$)");

  /** A line of {@code /proc/net/tcp}. */
  public record ProcRow(String state, long uid) {}

  /**
   * A line of {@code ss -tinpOH}.
   *
   * @param users "pid process" of each process that holds the socket
   * @param rttMicros -1 where it is not measured
   */
  public record SsRow(
      String state,
      Set<String> users,
      long bytesIn,
      long bytesOut,
      long packetsIn,
      long packetsOut,
      long retransmits,
      long rttMicros,
      long minRttMicros) {}

  /** All connections except those with this port, by which a test talks to the product. */
  public static SocketTable read(Netns netns, int butPort) {
    Map<String, ProcRow> proc = new TreeMap<>();
    readProc(netns.run("cat", "/proc/net/tcp"), proc);
    readProc(netns.run("cat", "/proc/net/tcp6"), proc);
    Map<String, SsRow> ss = new TreeMap<>();
    netns.run("ss", "-tinpOH").lines().forEach(line -> readSs(line, ss));
    proc.keySet().removeIf(end -> hasPort(end, butPort));
    ss.keySet().removeIf(end -> hasPort(end, butPort));
    return new SocketTable(proc, ss);
  }

  /** The key of the tables: one end of a connection. */
  public static String end(
      String localAddress, int localPort, String remoteAddress, int remotePort) {
    return localAddress + " " + localPort + " → " + remoteAddress + " " + remotePort;
  }

  public static boolean hasPort(String end, int port) {
    return end.endsWith(" " + port) || end.contains(" " + port + " ");
  }

  private static void readProc(String text, Map<String, ProcRow> rows) {
    text.lines()
        .skip(1)
        .map(line -> line.strip().split("\\s+"))
        .forEach(
            word -> {
              String state = STATES[Integer.parseInt(word[3], 16) - 1];
              if (NO_CONNECTION.contains(state) || word[5].startsWith(TIME_WAIT_TIMER)) {
                return;
              }
              String[] local = word[1].split(":");
              String[] remote = word[2].split(":");
              rows.put(
                  end(
                      procAddress(local[0]),
                      Integer.parseInt(local[1], 16),
                      procAddress(remote[0]),
                      Integer.parseInt(remote[1], 16)),
                  new ProcRow(state, Long.parseLong(word[7])));
            });
  }

  /** An address in words of four bytes, each in the byte order of a little-endian machine. */
  private static String procAddress(String hex) {
    byte[] kernel = HexFormat.of().parseHex(hex);
    byte[] address = new byte[kernel.length];
    for (int i = 0; i < address.length; i++) {
      address[i] = kernel[i / 4 * 4 + 3 - i % 4];
    }
    return text(address);
  }

  /** The text that this table has for an address of any text form; it has no scope. */
  public static String text(String address) {
    try {
      return text(InetAddress.getByName(address.replaceFirst("%.*", "")).getAddress());
    } catch (UnknownHostException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(byte[] address) {
    try {
      InetAddress parsed = InetAddress.getByAddress(address); // an IPv4-mapped address becomes IPv4
      return parsed instanceof Inet6Address
          ? "[" + parsed.getHostAddress() + "]"
          : parsed.getHostAddress();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void readSs(String line, Map<String, SsRow> rows) {
    String[] word = line.split("\\s+");
    String state = SS_STATES.get(word[0]);
    Map<String, String> figures = new HashMap<>();
    FIGURE.matcher(line).results().forEach(m -> figures.put(m.group(1), m.group(2)));
    if (state == null || !figures.containsKey("cwnd")) {
      return; // a TIME_WAIT socket has no figures of TCP
    }
    String[] retransmits = figures.getOrDefault("retrans", "0/0").split("/");
    String key =
        end(
            ssAddress(word[3]),
            Integer.parseInt(word[3].substring(word[3].lastIndexOf(':') + 1)),
            ssAddress(word[4]),
            Integer.parseInt(word[4].substring(word[4].lastIndexOf(':') + 1)));
    rows.put(
        key,
        new SsRow(
            state,
            users(line),
            count(figures, "bytes_received") - (PEER_HAS_ENDED.contains(state) ? 1 : 0),
            count(figures, "bytes_sent") - count(figures, "bytes_retrans"),
            count(figures, "segs_in"),
            count(figures, "segs_out"),
            Long.parseLong(retransmits[1]),
            micros(figures.get("rtt")),
            micros(figures.get("minrtt"))));
  }

  private static Set<String> users(String line) {
    return USER.matcher(line)
        .results()
        .map((MatchResult user) -> user.group(2) + " " + user.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String ssAddress(String addressAndPort) {
    String address = addressAndPort.substring(0, addressAndPort.lastIndexOf(':'));
    return text(address.replace("[", "").replaceFirst("\\].*", "").replaceFirst("%.*", ""));
  }

  /** A counter, which {@code ss} leaves out where it is zero. */
  private static long count(Map<String, String> figures, String name) {
    return Long.parseLong(figures.getOrDefault(name, "0"));
  }

  /** {@code ss} prints milliseconds with six digits, exact to the microsecond below one second. */
  private static long micros(String millis) {
    return millis == null
        ? -1
        : new BigDecimal(millis.split("/")[0]).movePointRight(3).longValueExact();
  }

  /** Whether both tables have the same connections in the same states. */
  public boolean isConsistent() {
    Map<String, String> ofProc = new LinkedHashMap<>();
    proc.forEach((end, row) -> ofProc.put(end, row.state()));
    Map<String, String> ofSs = new LinkedHashMap<>();
    ss.forEach((end, row) -> ofSs.put(end, row.state()));
    return ofProc.equals(ofSs);
  }
}
