package dev.tcptop.metrics;

import static dev.tcptop.model.ConnectionBuilder.tcp;
import static dev.tcptop.model.ConnectionBuilder.udp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.model.CloseReason;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Connection.TcpFigures;
import dev.tcptop.model.Connection.Traffic;
import dev.tcptop.model.ConnectionBuilder;
import dev.tcptop.table.Frame;
import dev.tcptop.table.FrameBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConnectionMeterTest {
  private final ScrapedRegistry registry = new ScrapedRegistry();
  private final ConnectionMeter meter = new ConnectionMeter(registry.registry(), 0);
  private Frame last = Frame.NONE;

  private void next(FrameBuilder frame) {
    last = frame.build();
    meter.next(last);
  }

  private FrameBuilder frame() {
    return FrameBuilder.after(last);
  }

  private double sum(String name, String... labels) {
    return registry.scrape().sum(name, labels);
  }

  private static ConnectionBuilder moved(
      ConnectionBuilder connection, long in, long out, long packetsIn, long packetsOut) {
    return connection.traffic(new Traffic(in, out, packetsIn, packetsOut, 0, 0));
  }

  private static Connection sending(long id, long out) {
    return moved(tcp(id), 0, out, 0, 0).build();
  }

  private static Connection figures(long id, long rttMicros, long retransmits) {
    return tcp(id).tcp(new TcpFigures(rttMicros, rttMicros, retransmits, 0, 0)).build();
  }

  @Test
  void whatWasMovedIsCountedOnceByProtocolAndDirection() {
    next(
        frame()
            .opened(moved(tcp(1), 10, 200, 3, 4).build(), moved(udp(2), 5_000, 0, 60, 0).build()));
    next(frame().updated(moved(tcp(1), 15, 300, 5, 7).build()));
    next(frame().quieted(moved(tcp(1), 15, 300, 5, 7).build()));

    assertThat(sum("tcptop_bytes_total", "protocol", "tcp", "direction", "in")).isEqualTo(15);
    assertThat(sum("tcptop_bytes_total", "protocol", "tcp", "direction", "out")).isEqualTo(300);
    assertThat(sum("tcptop_bytes_total", "protocol", "udp", "direction", "in")).isEqualTo(5_000);
    assertThat(sum("tcptop_packets_total", "protocol", "tcp", "direction", "in")).isEqualTo(5);
    assertThat(sum("tcptop_packets_total", "protocol", "tcp", "direction", "out")).isEqualTo(7);
    assertThat(sum("tcptop_packets_total", "protocol", "udp", "direction", "in")).isEqualTo(60);
  }

  @Test
  void theLastBytesOfAClosedConnectionCount() {
    next(frame().opened(sending(1, 100)));
    next(frame().closed(moved(tcp(1), 7, 130, 0, 0).closed(CloseReason.NORMAL).build()));

    assertThat(sum("tcptop_bytes_total")).isEqualTo(137);
    assertThat(sum("tcptop_connections")).isZero();
  }

  @Test
  void aShortLivedConnectionBeganEndedAndMovedItsBytes() {
    next(
        frame()
            .shortLived(
                new Frame.ShortLived(
                    tcp(1).build(), moved(tcp(1), 1, 2, 3, 4).closed(CloseReason.RESET).build())));

    assertThat(sum("tcptop_connections_opened_total", "protocol", "tcp")).isEqualTo(1);
    assertThat(sum("tcptop_connections_closed_total", "reason", "reset")).isEqualTo(1);
    assertThat(sum("tcptop_bytes_total")).isEqualTo(3);
    assertThat(sum("tcptop_packets_total")).isEqualTo(7);
  }

  @ParameterizedTest
  @EnumSource
  void aCloseCountsByItsReason(CloseReason reason) {
    next(frame().opened(tcp(1).build(), tcp(2).build()));
    next(frame().closed(tcp(1).closed(reason).build()));

    assertThat(sum("tcptop_connections_closed_total", "reason", reason.name().toLowerCase()))
        .isEqualTo(1);
    assertThat(sum("tcptop_connections_closed_total")).isEqualTo(1);
    assertThat(sum("tcptop_connections", "state", "ESTABLISHED")).isEqualTo(1);
  }

  @Test
  void anEndThatWasLostCountsAsUnseen() {
    next(frame().opened(sending(1, 50)));
    next(frame().closed(moved(tcp(1), 0, 50, 0, 0).closed(null).build()));

    assertThat(sum("tcptop_connections_closed_total", "protocol", "tcp", "reason", "unseen"))
        .isEqualTo(1);
    assertThat(sum("tcptop_bytes_total")).isEqualTo(50);
  }

  @Test
  void aFlowEndsIdle() {
    next(frame().opened(udp(1).build()));
    assertThat(sum("tcptop_connections", "protocol", "udp", "state", "-")).isEqualTo(1);

    next(frame().closed(udp(1).closed(null).build()));
    assertThat(sum("tcptop_connections_closed_total", "protocol", "udp", "reason", "idle"))
        .isEqualTo(1);
    assertThat(sum("tcptop_connections")).isZero();
  }

  @Test
  void whatIsOlderThanTcptopWasFoundAndNotOpened() {
    next(frame().updated(tcp(1).partial().build()));

    assertThat(sum("tcptop_connections_found_total", "protocol", "tcp")).isEqualTo(1);
    assertThat(sum("tcptop_connections_opened_total")).isZero();
  }

  @Test
  void aNumberPast53BitsIsNotLost() {
    long most = (1L << 53) - 1;
    next(frame().opened(sending(1, most - 1)));
    next(frame().updated(sending(1, most)));

    assertThat(sum("tcptop_bytes_total", "protocol", "tcp", "direction", "out")).isEqualTo(most);
  }

  @Test
  void aCounterDoesNotFallAndIsNotTooHighAfterwards() {
    next(frame().opened(sending(1, 100)));
    next(frame().updated(sending(1, 90)));
    assertThat(sum("tcptop_bytes_total")).isEqualTo(100);

    next(frame().updated(sending(1, 115)));
    assertThat(sum("tcptop_bytes_total")).isEqualTo(115);
  }

  @Test
  void retransmissionsBeforeTcptopDoNotCount() {
    TcpFigures before = new TcpFigures(10, 10, 40, 0, 0);
    next(frame().opened(figures(1, 10, 2)).updated(tcp(2).partial().tcp(before).build()));
    next(frame().updated(figures(1, 10, 5), figures(2, 10, 41)));

    assertThat(sum("tcptop_tcp_retransmitted_segments_total")).isEqualTo(6);
  }

  @Test
  void aRoundTripTimeIsObservedWhenItChanged() {
    next(frame().opened(figures(1, -1, 0), figures(2, 90, 0)));
    next(frame().updated(figures(1, 240, 0), figures(2, 90, 0)));
    next(frame().updated(figures(1, 300, 0)).quieted(figures(2, 90, 0)));

    assertThat(sum("tcptop_tcp_rtt_seconds_count")).isEqualTo(3);
    assertThat(sum("tcptop_tcp_rtt_seconds_sum")).isEqualTo(630e-6);
    assertThat(sum("tcptop_tcp_rtt_seconds_bucket", "le", "1.0E-4")).isEqualTo(1);
    assertThat(sum("tcptop_tcp_rtt_seconds_bucket", "le", "2.5E-4")).isEqualTo(2);
    assertThat(sum("tcptop_tcp_rtt_seconds_bucket", "le", "5.0E-4")).isEqualTo(3);
  }
}
