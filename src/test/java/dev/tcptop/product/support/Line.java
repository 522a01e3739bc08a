package dev.tcptop.product.support;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The fields of a line of stdout. Texts are as written, without the blanks around them. */
public record Line(
    String text,
    String time,
    String marker,
    String protocol,
    String local,
    String remote,
    String state,
    String owner,
    String bytesOut,
    String bytesIn,
    long packetsOut,
    long packetsIn,
    String rateOut,
    String rateIn,
    String rtt) {

  private static final String SIZE = "\\d+(?:\\.\\d)?(?: (?:[KMGTPE]i)?B)?";
  private static final Pattern PATTERN =
      Pattern.compile(
          "(?<time>\\d\\d:\\d\\d:\\d\\d) "
              + "(?<marker>|(?:\\[NEW\\]|\\[PARTIAL\\])?(?: ?\\[CLOSED\\])?) *"
              + "(?<protocol>tcp|udp) +"
              + "(?<local>\\S+:\\d+) +→ +(?<remote>\\S+:\\d+) +"
              + "(?<state>-|[A-Z_]+[12]?) +"
              + "(?<owner>-|\\d+ .{1,16}?) +"
              + ("↑(?<bytesOut>" + SIZE + "(?: \\(\\d+\\))?) +")
              + ("↓(?<bytesIn>" + SIZE + "(?: \\(\\d+\\))?) +")
              + "↑(?<packetsOut>\\d+) +↓(?<packetsIn>\\d+) pkts +"
              + ("↑(?<rateOut>" + SIZE + "/s) +↓(?<rateIn>" + SIZE + "/s) +")
              + "rtt (?<rtt>-|\\d+(?:\\.\\d)? (?:µs|ms|s))");

  /** Parses a line without colours. */
  public static Line parse(String text) {
    Matcher m = PATTERN.matcher(text);
    if (!m.matches()) {
      throw new AssertionError("not a line of the stream: " + text);
    }
    return new Line(
        text,
        m.group("time"),
        m.group("marker"),
        m.group("protocol"),
        m.group("local"),
        m.group("remote"),
        m.group("state"),
        m.group("owner"),
        m.group("bytesOut"),
        m.group("bytesIn"),
        Long.parseLong(m.group("packetsOut")),
        Long.parseLong(m.group("packetsIn")),
        m.group("rateOut"),
        m.group("rateIn"),
        m.group("rtt"));
  }

  public boolean isBetween(int localPort, int remotePort) {
    return local.endsWith(":" + localPort) && remote.endsWith(":" + remotePort);
  }

  public boolean isClosed() {
    return marker.contains("[CLOSED]");
  }
}
