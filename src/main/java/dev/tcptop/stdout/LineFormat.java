package dev.tcptop.stdout;

import dev.tcptop.model.Connection;
import dev.tcptop.model.Connection.TcpFigures;
import dev.tcptop.model.Connection.Traffic;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * One line for one connection: time, marker, protocol, addresses, state, owner, bytes, packets,
 * rates and round-trip time, in columns as wide as IPv4 needs. Out is ↑, in is ↓.
 */
final class LineFormat {

  /** What the line says about the connection, before all else. */
  enum Marker {
    NONE(""),
    NEW("[NEW]"),
    PARTIAL("[PARTIAL]"),
    CLOSED("[CLOSED]"),
    NEW_CLOSED("[NEW] [CLOSED]"),
    PARTIAL_CLOSED("[PARTIAL] [CLOSED]");

    private final String text;

    Marker(String text) {
      this.text = text;
    }
  }

  private static final String BOLD_GREEN = "\u001b[1;32m";
  private static final String DIM = "\u001b[2m";
  private static final String RESET = "\u001b[0m";

  private final Quantities quantities;
  private final boolean colored;
  private final DateTimeFormatter clock;

  /** All lines of a tick have its time. */
  private Instant lastTime = Instant.MIN;

  private String lastClock = "";

  LineFormat(Quantities quantities, boolean colored, ZoneId zone) {
    this.quantities = quantities;
    this.colored = colored;
    this.clock = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(zone);
  }

  /** Adds a line, with its end. */
  void append(StringBuilder out, Instant time, Marker marker, Connection connection) {
    String color = colored ? color(marker) : "";
    out.append(color);
    Traffic traffic = connection.traffic();
    TcpFigures tcp = connection.tcp();
    pad(out.append(clock(time)).append(' '), marker.text, 15);
    pad(out, connection.protocol().name().toLowerCase(Locale.ROOT), 4);
    pad(out, connection.local().toString(), 21);
    pad(out.append(" → "), connection.remote().toString(), 22);
    pad(out, connection.state() == null ? "-" : connection.state().name(), 12);
    pad(out, owner(connection), 24);
    pad(out.append('↑'), quantities.bytes(traffic.bytesOut()), 24);
    pad(out.append('↓'), quantities.bytes(traffic.bytesIn()), 24);
    pad(out.append('↑'), Long.toString(traffic.packetsOut()), 8);
    pad(out.append('↓'), traffic.packetsIn() + " pkts", 13);
    pad(out.append('↑'), quantities.rate(traffic.bytesOutPerSecond()), 13);
    pad(out.append('↓'), quantities.rate(traffic.bytesInPerSecond()), 13);
    out.append("rtt ").append(tcp == null ? "-" : Quantities.time(tcp.rttMicros()));
    out.append(color.isEmpty() ? "" : RESET).append('\n');
  }

  private String clock(Instant time) {
    if (!time.equals(lastTime)) {
      lastClock = clock.format(time);
      lastTime = time;
    }
    return lastClock;
  }

  private static String owner(Connection connection) {
    int pid = connection.owner().pid();
    return pid == 0 ? "-" : pid + " " + printable(connection.owner().process());
  }

  /** A process names itself: nothing of it may steer the terminal. */
  private static String printable(String name) {
    if (name.chars().allMatch(c -> c >= ' ' && c <= '~')) {
      return name;
    }
    StringBuilder safe = new StringBuilder(name.length());
    name.codePoints()
        .forEach(c -> safe.appendCodePoint(Character.isISOControl(c) || isInvisible(c) ? '?' : c));
    return safe.toString();
  }

  private static boolean isInvisible(int codePoint) {
    int type = Character.getType(codePoint);
    return type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR;
  }

  private static String color(Marker marker) {
    return switch (marker) {
      case NEW -> BOLD_GREEN;
      case CLOSED, NEW_CLOSED, PARTIAL_CLOSED -> DIM;
      default -> "";
    };
  }

  /** Pads to a width, with one space at the least. */
  private static void pad(StringBuilder out, String text, int width) {
    out.append(text);
    for (int i = text.length(); i < width; i++) {
      out.append(' ');
    }
    if (text.length() >= width) {
      out.append(' ');
    }
  }
}
