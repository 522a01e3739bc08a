package dev.tcptop.format;

import static dev.tcptop.model.ConnectionBuilder.tcp;
import static dev.tcptop.model.ConnectionBuilder.udp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.config.TcptopConfig.Bytes;
import dev.tcptop.model.CloseReason;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Connection.TcpFigures;
import dev.tcptop.model.Connection.Traffic;
import dev.tcptop.model.Endpoint;
import dev.tcptop.model.Family;
import dev.tcptop.model.Owner;
import dev.tcptop.model.PidSource;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineFormatTest {
  private static final Instant TIME = Instant.parse("2025-03-04T05:06:07.890Z");
  private static final Pattern BLANKS = Pattern.compile(" +");

  private static final Connection TCP =
      tcp(1)
          .traffic(new Traffic(2_000_000, 1_500, 30, 20, 4_096, 1_024))
          .tcp(new TcpFigures(12_300, 9_000, 0, 0, 0))
          .build();

  private static final Connection UDP = udp(2).build();

  private static String line(Bytes bytes, boolean colored, Marker marker, Connection connection) {
    StringBuilder out = new StringBuilder();
    new LineFormat(new Quantities(bytes), colored, ZoneOffset.UTC)
        .append(out, TIME, marker, connection);
    return out.toString();
  }

  private static String plain(Marker marker, Connection connection) {
    return line(Bytes.HUMAN, false, marker, connection);
  }

  /** With one blank where columns have many. */
  private static String words(String line) {
    return BLANKS.matcher(line).replaceAll(" ");
  }

  @Test
  void aLineHasAllFieldsInOrder() {
    assertThat(words(plain(Marker.NEW, TCP)))
        .isEqualTo(
            "05:06:07 [NEW] tcp 10.0.0.1:40000 → 10.0.0.2:443 ESTABLISHED 1234 curl"
                + " ↑1.5 KiB ↓1.9 MiB ↑20 ↓30 pkts ↑1.0 KiB/s ↓4.0 KiB/s rtt 12.3 ms\n");
  }

  @Test
  void aFlowHasADashForStateAndRoundTripTime() {
    assertThat(words(plain(Marker.NONE, UDP)))
        .isEqualTo(
            "05:06:07 udp 10.0.0.1:40000 → 10.0.0.2:443 - 5678 dig"
                + " ↑0 B ↓0 B ↑0 ↓0 pkts ↑0 B/s ↓0 B/s rtt -\n");
  }

  @Test
  void aRoundTripTimeThatWasNotMeasuredIsADash() {
    Connection connection = tcp(1).tcp(new TcpFigures(-1, -1, 0, 0, 0)).build();

    assertThat(plain(Marker.NONE, connection)).endsWith("rtt -\n");
  }

  @Test
  void anOwnerThatNobodyKnowsIsADash() {
    assertThat(words(plain(Marker.NONE, tcp(1).owner(Owner.NOBODY).build())))
        .contains(" ESTABLISHED - ↑");
  }

  @ParameterizedTest
  @CsvSource({
    "RAW, ↑1500 ↓2000000 ↑20 ↓30 pkts ↑1024/s ↓4096/s",
    "HUMAN, ↑1.5 KiB ↓1.9 MiB ↑20 ↓30 pkts ↑1.0 KiB/s ↓4.0 KiB/s",
    "BOTH, ↑1.5 KiB (1500) ↓1.9 MiB (2000000) ↑20 ↓30 pkts ↑1.0 KiB/s ↓4.0 KiB/s"
  })
  void quantitiesAreWrittenAsAskedFor(Bytes style, String quantities) {
    assertThat(words(line(style, false, Marker.NONE, TCP))).contains(" " + quantities + " rtt ");
  }

  @ParameterizedTest
  @CsvSource({
    "NEW, 05:06:07 [NEW] tcp ",
    "PARTIAL, 05:06:07 [PARTIAL] tcp ",
    "CLOSED, 05:06:07 [CLOSED] tcp ",
    "NEW_CLOSED, 05:06:07 [NEW] [CLOSED] tcp ",
    "PARTIAL_CLOSED, 05:06:07 [PARTIAL] [CLOSED] tcp ",
    "NONE, 05:06:07 tcp "
  })
  void theMarkerFollowsTheTime(Marker marker, String start) {
    assertThat(words(plain(marker, TCP))).startsWith(start);
  }

  @ParameterizedTest
  @EnumSource(
      value = Marker.class,
      names = {"NONE", "NEW", "PARTIAL", "CLOSED", "NEW_CLOSED"})
  void columnsStandBelowEachOther(Marker marker) {
    assertThat(plain(marker, TCP).indexOf("→")).isEqualTo(plain(Marker.NONE, UDP).indexOf("→"));
    assertThat(plain(marker, TCP).indexOf("rtt")).isEqualTo(plain(Marker.NONE, UDP).indexOf("rtt"));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1_023, 1_048_523, 1_073_689_395, 1_073_741_823, 9_999_999_999L})
  void bytesOfAnySizeKeepTheColumns(long bytes) {
    Connection connection = tcp(1).traffic(new Traffic(bytes, bytes, 1, 1, bytes, bytes)).build();

    assertThat(line(Bytes.BOTH, false, Marker.NONE, connection).indexOf("rtt"))
        .isEqualTo(line(Bytes.BOTH, false, Marker.NONE, UDP).indexOf("rtt"));
  }

  @Test
  void ipv6EndsAreBracketed() {
    Connection connection =
        tcp(1)
            .ends(
                Family.IPV6,
                Endpoint.of("2001:db8:1234:5678:9abc:def0:1234:5678", 40000),
                Endpoint.of("fe80::1%2", 443))
            .build();

    assertThat(words(plain(Marker.NONE, connection)))
        .contains(" [2001:db8:1234:5678:9abc:def0:1234:5678]:40000 → [fe80::1%2]:443 ESTABLISHED ");
  }

  @Test
  void theTimeIsThatOfTheZone() {
    StringBuilder out = new StringBuilder();
    new LineFormat(new Quantities(Bytes.HUMAN), false, ZoneId.of("Asia/Kolkata"))
        .append(out, TIME, Marker.NONE, TCP);

    assertThat(out).startsWith("10:36:07 ");
  }

  @Test
  void aLineIsAddedToWhatIsThere() {
    StringBuilder out = new StringBuilder("before\n");
    new LineFormat(new Quantities(Bytes.HUMAN), false, ZoneOffset.UTC)
        .append(out, TIME, Marker.NONE, TCP);

    assertThat(out).hasToString("before\n" + plain(Marker.NONE, TCP));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u001b[2J", // escape
        "\u009b2J", // its 8-bit form
        "\rfake", // back to the line's start
        "two\nlines",
        "a\tb",
        "\u0000nul",
        "\u007fdel",
        "\b\b\b",
        "\u202egnp.exe", // right to left from here
        "\u200bzero", // zero width
        "\u2028line", // line separator
        "\u2029para",
        "\udb40\udc41tag" // an invisible tag beyond 16 bits
      })
  void aProcessNameCannotSteerTheTerminal(String name) {
    Connection connection = tcp(1).owner(new Owner(7, name, PidSource.FD)).build();
    String line = plain(Marker.NONE, connection);

    assertThat(line.codePoints().filter(c -> c != '\n'))
        .noneMatch(
            c ->
                Character.isISOControl(c)
                    || Character.getType(c) == Character.FORMAT
                    || Character.getType(c) == Character.LINE_SEPARATOR
                    || Character.getType(c) == Character.PARAGRAPH_SEPARATOR);
    assertThat(line).containsOnlyOnce("\n").endsWith("\n").contains("?");
  }

  @ParameterizedTest
  @ValueSource(strings = {"kworker/0:1", "Web Content", "日本", "naïve", "😀"})
  void anHonestProcessNameIsKept(String name) {
    Connection connection = tcp(1).owner(new Owner(7, name, PidSource.FD)).build();

    assertThat(plain(Marker.NONE, connection)).contains(" 7 " + name + " ");
  }

  @ParameterizedTest
  @CsvSource({"NEW, 1;32", "CLOSED, 2", "NEW_CLOSED, 2", "PARTIAL_CLOSED, 2"})
  void newIsHighlightedAndClosedIsDimmed(Marker marker, String color) {
    String uncolored = plain(marker, TCP);

    assertThat(line(Bytes.HUMAN, true, marker, TCP))
        .isEqualTo(
            "\u001b["
                + color
                + "m"
                + uncolored.substring(0, uncolored.length() - 1)
                + "\u001b[0m\n");
  }

  @ParameterizedTest
  @EnumSource(
      value = Marker.class,
      names = {"NONE", "PARTIAL"})
  void anOpenConnectionHasNoColor(Marker marker) {
    assertThat(line(Bytes.HUMAN, true, marker, TCP)).isEqualTo(plain(marker, TCP));
  }

  @ParameterizedTest
  @EnumSource(Marker.class)
  void withoutColorsThereIsNoEscape(Marker marker) {
    assertThat(plain(marker, TCP)).doesNotContain("\u001b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"de-DE", "ar-EG-u-nu-arab", "th-TH-u-ca-buddhist-nu-thai", "tr-TR"})
  void noLocaleChangesALine(String tag) {
    Connection connection = tcp(1).closed(CloseReason.TIMEOUT).build();
    String expected = line(Bytes.BOTH, false, Marker.CLOSED, connection);
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag(tag));
      assertThat(line(Bytes.BOTH, false, Marker.CLOSED, connection)).isEqualTo(expected);
    } finally {
      Locale.setDefault(before);
    }
  }
}
