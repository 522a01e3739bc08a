package dev.tcptop.format;

import dev.tcptop.model.Connection;
import dev.tcptop.model.Connection.TcpFigures;
import dev.tcptop.model.Connection.Traffic;
import dev.tcptop.model.Owner;
import dev.tcptop.model.Protocol;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * One line for one connection: time, marker, protocol, addresses, state, owner, bytes, packets,
 * rates and round-trip time, in columns as wide as IPv4 needs. Out is ↑, in is ↓.
 */
public final class LineFormat {

  private static final String BOLD_GREEN = "\u001b[1;32m";
  private static final String DIM = "\u001b[2m";
  private static final String RESET = "\u001b[0m";

  private final Quantities quantities;
  private final boolean colored;
  private final DateTimeFormatter clock;

  /** The time of the previous line: all lines of a tick share it. */
  private Instant lastTime = Instant.MIN;

  private String lastClock = "";

  public LineFormat(Quantities quantities, boolean colored, ZoneId zone) {
    this.quantities = quantities;
    this.colored = colored;
    this.clock = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(zone);
  }

  /** Adds a line, with its line end. */
  public void append(StringBuilder out, Instant time, Marker marker, Connection connection) {
    String color = colored ? color(marker) : "";
    out.append(color).append(clock(time)).append(' ');
    Traffic traffic = connection.traffic();
    TcpFigures tcp = connection.tcp();
    int column = out.length();
    column = pad(out.append(marker), column, 15);
    column = pad(out.append(connection.protocol() == Protocol.TCP ? "tcp" : "udp"), column, 4);
    column = pad(out.append(connection.local()), column, 21);
    column = pad(out.append(" → ").append(connection.remote()), column, 25);
    column = pad(out.append(connection.state() == null ? "-" : connection.state()), column, 12);
    column = pad(owner(out, connection.owner()), column, 24);
    column = pad(quantities.bytes(out.append('↑'), traffic.bytesOut()), column, 25);
    column = pad(quantities.bytes(out.append('↓'), traffic.bytesIn()), column, 25);
    column = pad(out.append('↑').append(traffic.packetsOut()), column, 9);
    column = pad(out.append('↓').append(traffic.packetsIn()).append(" pkts"), column, 14);
    column = pad(quantities.rate(out.append('↑'), traffic.bytesOutPerSecond()), column, 14);
    pad(quantities.rate(out.append('↓'), traffic.bytesInPerSecond()), column, 14);
    Quantities.time(out.append("rtt "), tcp == null ? -1 : tcp.rttMicros());
    out.append(color.isEmpty() ? "" : RESET).append('\n');
  }

  private String clock(Instant time) {
    if (!time.equals(lastTime)) {
      lastClock = clock.format(time);
      lastTime = time;
    }
    return lastClock;
  }

  private static StringBuilder owner(StringBuilder out, Owner owner) {
    return owner.pid() == 0
        ? out.append('-')
        : out.append(owner.pid()).append(' ').append(printable(owner.process()));
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

  /**
   * Pads the column that begins at a place to a width, with one space at the least. Returns where
   * the next one begins.
   */
  private static int pad(StringBuilder out, int column, int width) {
    int end = column + width;
    do {
      out.append(' ');
    } while (out.length() < end);
    return out.length();
  }
}
