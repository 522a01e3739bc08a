package dev.tcptop.table;

import static dev.tcptop.collect.ScriptedReading.tcp;
import static dev.tcptop.collect.ScriptedReading.udp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.collect.Sample;
import dev.tcptop.collect.ScriptedReading;
import dev.tcptop.model.CloseReason;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Connection.TcpFigures;
import dev.tcptop.model.Direction;
import dev.tcptop.model.Endpoint;
import dev.tcptop.model.Family;
import dev.tcptop.model.Losses;
import dev.tcptop.model.Owner;
import dev.tcptop.model.Phase;
import dev.tcptop.model.PidSource;
import dev.tcptop.model.TcpState;
import dev.tcptop.names.Names;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionTableTest {
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000 * MILLI;

  /** The monotonic clock when the table starts: the wall clock is at {@link #EPOCH} then. */
  private static final long START = 5_000 * SECOND;

  private static final Instant EPOCH = Instant.parse("2025-03-04T05:06:07Z");
  private static final long WRAP = 1L << 32;

  private final ConnectionTable table = new ConnectionTable(at(0), Names.NONE);
  private long millis;

  private static Sample at(long millis) {
    return at(millis, millis, Losses.NONE);
  }

  private static Sample at(long millis, long wallMillis, Losses lost) {
    return new Sample(
        START + millis * MILLI, (EPOCH.toEpochMilli() + wallMillis) * MILLI, lost, 0, 0);
  }

  /** A tick a second after the last one, with these readings. */
  private Frame tick(ScriptedReading... readings) {
    return tick(Losses.NONE, false, readings);
  }

  /** The same, after a sweep: the readings are all that exists. */
  private Frame sweep(ScriptedReading... readings) {
    return tick(Losses.NONE, true, readings);
  }

  private Frame tick(Losses lost, boolean swept, ScriptedReading... readings) {
    for (ScriptedReading reading : readings) {
      table.apply(reading);
    }
    millis += 1000;
    return table.tick(at(millis, millis, lost), swept);
  }

  private static List<Connection> in(List<Connection> connections, long id) {
    return connections.stream().filter(connection -> connection.id() == id).toList();
  }

  private static Connection only(List<Connection> connections) {
    assertThat(connections).hasSize(1);
    return connections.get(0);
  }

  private static void assertEmpty(Frame frame) {
    assertThat(Changes.of(frame).all()).isEmpty();
  }

  @Test
  void aFrameWithoutReadingsIsEmpty() {
    Frame frame = tick();

    assertEmpty(frame);
    assertThat(frame.total()).isZero();
    assertThat(frame.complete()).isTrue();
    assertThat(frame.time()).isEqualTo(EPOCH.plusSeconds(1));
  }

  @Test
  void aConnectionThatBeginsIsOpened() {
    Frame frame = tick(tcp(7));

    Connection opened = only(Changes.of(frame).opened());
    assertThat(opened.id()).isEqualTo(7);
    assertThat(opened.phase()).isEqualTo(Phase.NEW);
    assertThat(Changes.of(frame).updated()).isEmpty();
    assertThat(frame.total()).isEqualTo(1);
  }

  @Test
  void aConnectionThatMovesIsUpdated() {
    tick(tcp(7));

    Frame frame = tick(tcp(7).packets(1, 0));

    assertThat(only(Changes.of(frame).updated()).phase()).isEqualTo(Phase.OPEN);
    assertThat(Changes.of(frame).opened()).isEmpty();
    assertThat(Changes.of(frame).quieted()).isEmpty();
  }

  @Test
  void severalReadingsInOneIntervalAreOneChange() {
    Frame frame = tick(tcp(7).packets(1, 1), tcp(7).packets(2, 2), tcp(7).packets(3, 4));

    assertThat(only(Changes.of(frame).opened()).traffic().packetsOut()).isEqualTo(4);
    assertThat(Changes.of(frame).updated()).isEmpty();
  }

  @Test
  void aConnectionThatFallsSilentSettles() {
    tick(tcp(7).bytes(100, 200).packets(1, 2));

    Frame frame = tick();

    Connection quieted = only(Changes.of(frame).quieted());
    assertThat(quieted.phase()).isEqualTo(Phase.OPEN);
    assertThat(quieted.traffic().bytesInPerSecond()).isZero();
    assertThat(quieted.traffic().bytesOutPerSecond()).isZero();
    assertThat(quieted.traffic().bytesIn()).isEqualTo(100);
    assertThat(quieted.traffic().bytesOut()).isEqualTo(200);
    assertThat(Changes.of(frame).updated()).isEmpty();
  }

  @Test
  void aConnectionSettlesOnce() {
    tick(tcp(7).bytes(100, 200).packets(1, 2));
    tick();

    assertEmpty(tick());
  }

  @Test
  void aNewConnectionThatSentNothingSettlesTooBecauseItIsNoLongerNew() {
    tick(tcp(7));

    assertThat(only(Changes.of(tick()).quieted()).phase()).isEqualTo(Phase.OPEN);
  }

  @Test
  void anIdleConnectionWhoseLastViewStillHoldsDoesNotSettle() {
    tick(tcp(7).older());

    assertEmpty(tick());
  }

  @Test
  void aConnectionThatClosesIsClosedWithItsFinalCounts() {
    tick(tcp(7).packets(1, 1));

    Frame frame =
        tick(
            tcp(7)
                .bytes(10, 20)
                .packets(3, 4)
                .seen(START + 1500 * MILLI)
                .closed(TcpState.LAST_ACK, 0));

    Connection closed = only(Changes.of(frame).closed());
    assertThat(closed.phase()).isEqualTo(Phase.CLOSED);
    assertThat(closed.state()).isEqualTo(TcpState.CLOSE);
    assertThat(closed.closeReason()).isEqualTo(CloseReason.NORMAL);
    assertThat(closed.closedAt()).isEqualTo(EPOCH.plusMillis(1500));
    assertThat(closed.traffic().bytesIn()).isEqualTo(10);
    assertThat(closed.traffic().bytesOut()).isEqualTo(20);
    assertThat(closed.traffic().packetsIn()).isEqualTo(3);
    assertThat(closed.traffic().packetsOut()).isEqualTo(4);
    assertThat(Changes.of(frame).updated()).isEmpty();
    assertThat(Changes.of(frame).shortLived()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "ESTABLISHED, 104, RESET",
    "SYN_SENT, 111, REFUSED",
    "SYN_SENT, 110, TIMEOUT",
    "SYN_SENT, 113, UNREACHABLE",
    "FIN_WAIT2, 0, NORMAL"
  })
  void theReasonComesFromTheErrorAndTheStateBefore(TcpState last, int errno, CloseReason reason) {
    tick(tcp(7));

    assertThat(only(Changes.of(tick(tcp(7).closed(last, errno))).closed()).closeReason())
        .isEqualTo(reason);
  }

  @Test
  void aConnectionThatBeginsAndEndsInOneIntervalIsShortLived() {
    Frame frame =
        tick(tcp(7), tcp(7).bytes(10, 20).packets(3, 4).closed(TcpState.ESTABLISHED, 104));

    assertThat(Changes.of(frame).shortLived()).hasSize(1);
    Frame.ShortLived shortLived = Changes.of(frame).shortLived().get(0);
    assertThat(shortLived.open().phase()).isEqualTo(Phase.NEW);
    assertThat(shortLived.open().state()).isEqualTo(TcpState.ESTABLISHED);
    assertThat(shortLived.open().closeReason()).isNull();
    assertThat(shortLived.open().closedAt()).isNull();
    assertThat(shortLived.close().phase()).isEqualTo(Phase.CLOSED);
    assertThat(shortLived.close().closeReason()).isEqualTo(CloseReason.RESET);
    assertThat(shortLived.close().traffic()).isEqualTo(shortLived.open().traffic());
    assertThat(Changes.of(frame).opened()).isEmpty();
    assertThat(Changes.of(frame).closed()).isEmpty();
  }

  @Test
  void aConnectionOlderThanTcptopIsUpdatedAndNeverNew() {
    Frame frame = tick(tcp(7).older());

    Connection first = only(Changes.of(frame).updated());
    assertThat(first.partial()).isTrue();
    assertThat(first.phase()).isEqualTo(Phase.OPEN);
    assertThat(Changes.of(frame).opened()).isEmpty();
  }

  @Test
  void anOlderConnectionThatEndsAtOnceIsClosedAndNotShortLived() {
    Frame frame = tick(tcp(7).older(), tcp(7).older().closed(TcpState.LAST_ACK, 0));

    assertThat(only(Changes.of(frame).closed()).partial()).isTrue();
    assertThat(Changes.of(frame).shortLived()).isEmpty();
    assertThat(Changes.of(frame).updated()).isEmpty();
  }

  @Test
  void aFlowEndsWithoutAReason() {
    tick(udp(7).packets(1, 1));

    Frame frame = tick(udp(7).packets(1, 1).seen(START + 100 * MILLI).ended());

    Connection closed = only(Changes.of(frame).closed());
    assertThat(closed.phase()).isEqualTo(Phase.CLOSED);
    assertThat(closed.closeReason()).isNull();
    assertThat(closed.lastSeen()).isEqualTo(EPOCH.plusMillis(100));
    assertThat(closed.closedAt()).isEqualTo(frame.time());
  }

  @Test
  void aFlowHasNoStateAndNoTcpFigures() {
    Connection flow = only(Changes.of(tick(udp(7))).opened());

    assertThat(flow.state()).isNull();
    assertThat(flow.tcp()).isNull();
    assertThat(flow.direction()).isEqualTo(Direction.UNKNOWN);
  }

  @Test
  void everythingAReadingSaysIsShown() {
    Connection shown =
        only(
            Changes.of(
                    tick(
                        tcp(7)
                            .direction(Direction.INBOUND)
                            .owner(42, "nginx", PidSource.ACCEPT)
                            .uid(4_294_967_295L)
                            .netns(4_026_531_840L)
                            .lifetime(1000, 2000)
                            .rtt(350, 120)
                            .retransmits(3)
                            .since(START - 250 * MILLI)
                            .seen(START + 750 * MILLI)))
                .opened());

    assertThat(shown.direction()).isEqualTo(Direction.INBOUND);
    assertThat(shown.owner()).isEqualTo(new Owner(42, "nginx", PidSource.ACCEPT));
    assertThat(shown.uid()).isEqualTo(4_294_967_295L);
    assertThat(shown.netns()).isEqualTo(4_026_531_840L);
    assertThat(shown.tcp()).isEqualTo(new TcpFigures(350, 120, 3, 1000, 2000));
    assertThat(shown.since()).isEqualTo(EPOCH.minusMillis(250));
    assertThat(shown.lastSeen()).isEqualTo(EPOCH.plusMillis(750));
    assertThat(shown.closedAt()).isNull();
  }

  @Test
  void ipv6EndsAreShownAsTheyAre() {
    Endpoint local = Endpoint.of("2001:db8::1", 443);
    Endpoint remote = Endpoint.of("fe80::1%2", 50000);

    Connection shown = only(Changes.of(tick(tcp(7).ends(Family.IPV6, local, remote))).opened());

    assertThat(shown.family()).isEqualTo(Family.IPV6);
    assertThat(shown.local()).isEqualTo(local);
    assertThat(shown.remote()).isEqualTo(remote);
  }

  @Test
  void aReadingIsNotKept() {
    ScriptedReading reading = tcp(7).bytes(1, 1).packets(1, 1);
    table.apply(reading);
    reading.bytes(999, 999).packets(999, 999);

    assertThat(only(Changes.of(tick()).opened()).traffic().bytesIn()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "100, 500, 5000",
    "250, 1000, 4000",
    "1000, 500, 500",
    "3000, 500, 167",
    "60000, 30, 1",
    "3600000, 1, 0",
    "1000, 0, 0",
    "1000, 200000000000, 200000000000"
  })
  void ratesAreOfTheTimeThatPassed(long elapsedMillis, long bytes, long perSecond) {
    tick(tcp(7).bytes(1_000, 5_000).packets(1, 1));
    table.apply(tcp(7).bytes(1_000 + bytes, 5_000 + 2 * bytes).packets(2, 2));

    Frame frame = table.tick(at(millis + elapsedMillis), false);

    Connection.Traffic traffic = only(Changes.of(frame).updated()).traffic();
    assertThat(traffic.bytesInPerSecond()).isEqualTo(perSecond);
    assertThat(traffic.bytesOutPerSecond())
        .isEqualTo(Math.round(2 * bytes * 1000.0 / elapsedMillis));
  }

  @Test
  void ratesOfTheFirstTickCountFromTheStart() {
    table.apply(tcp(7).bytes(500, 1000).packets(1, 1));

    Connection first = only(Changes.of(table.tick(at(500), false)).opened());

    assertThat(first.traffic().bytesInPerSecond()).isEqualTo(1000);
    assertThat(first.traffic().bytesOutPerSecond()).isEqualTo(2000);
  }

  @Test
  void ratesAfterASilenceAreOfTheLastIntervalAlone() {
    tick(tcp(7).bytes(100, 100).packets(1, 1));
    tick();
    tick();

    Frame frame = tick(tcp(7).bytes(400, 900).packets(2, 2));

    assertThat(only(Changes.of(frame).updated()).traffic().bytesInPerSecond()).isEqualTo(300);
    assertThat(only(Changes.of(frame).updated()).traffic().bytesOutPerSecond()).isEqualTo(800);
  }

  @Test
  void aCountThatIsCorrectedDownwardsIsNoNegativeRate() {
    tick(tcp(7).bytes(100, 100).packets(1, 1));

    Connection corrected = only(Changes.of(tick(tcp(7).bytes(99, 60).packets(2, 2))).updated());

    assertThat(corrected.traffic().bytesIn()).isEqualTo(99);
    assertThat(corrected.traffic().bytesInPerSecond()).isZero();
    assertThat(corrected.traffic().bytesOutPerSecond()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {-86_400_000, -1, 0, 3_600_000})
  void aWallClockThatJumpsDoesNotDisturbRates(long jumpMillis) {
    tick(tcp(7).bytes(100, 100).packets(1, 1));
    table.apply(tcp(7).bytes(1_100, 2_100).packets(2, 2));

    Frame frame = table.tick(at(2000, 2000 + jumpMillis, Losses.NONE), false);

    assertThat(only(Changes.of(frame).updated()).traffic().bytesInPerSecond()).isEqualTo(1000);
    assertThat(only(Changes.of(frame).updated()).traffic().bytesOutPerSecond()).isEqualTo(2000);
    assertThat(frame.time()).isEqualTo(EPOCH.plusMillis(2000 + jumpMillis));
  }

  @Test
  void aWallClockThatJumpsDoesNotMoveABeginning() {
    Instant since = only(Changes.of(tick(tcp(7).since(START))).opened()).since();
    table.apply(tcp(7).since(START).packets(1, 1));

    Frame frame = table.tick(at(2000, 90_000_000, Losses.NONE), false);

    assertThat(only(Changes.of(frame).updated()).since()).isEqualTo(since).isEqualTo(EPOCH);
  }

  @Test
  void segmentsAreCountedBeyondTheKernels32Bits() {
    long step = 3_000_000_000L;
    Connection last = only(Changes.of(tick(tcp(7).packets(step, step - 1))).opened());
    for (int i = 2; i <= 5; i++) {
      last =
          only(Changes.of(tick(tcp(7).packets(i * step % WRAP, (i * step - 1) % WRAP))).updated());
    }

    assertThat(last.traffic().packetsIn()).isEqualTo(5 * step);
    assertThat(last.traffic().packetsOut()).isEqualTo(5 * step - 1);
  }

  @Test
  void aSegmentCounterThatWrapsToZeroGoesOn() {
    tick(tcp(7).packets(WRAP - 1, 5));

    Frame frame = tick(tcp(7).packets(0, 5));

    assertThat(only(Changes.of(frame).updated()).traffic().packetsIn()).isEqualTo(WRAP);
    assertThat(only(Changes.of(frame).updated()).traffic().packetsOut()).isEqualTo(5);
  }

  @Test
  void datagramsHave64BitsAlready() {
    tick(udp(7).packets(5, 3 * WRAP));

    Frame frame = tick(udp(7).packets(WRAP + 5, 3 * WRAP + 1));

    assertThat(only(Changes.of(frame).updated()).traffic().packetsIn()).isEqualTo(WRAP + 5);
    assertThat(only(Changes.of(frame).updated()).traffic().packetsOut()).isEqualTo(3 * WRAP + 1);
  }

  @Test
  void aNewOwnerIsNews() {
    tick(tcp(7).owner(10, "nginx", PidSource.LISTENER));

    Frame frame = tick(tcp(7).owner(11, "worker", PidSource.LISTENER));

    assertThat(only(Changes.of(frame).updated()).owner())
        .isEqualTo(new Owner(11, "worker", PidSource.LISTENER));
  }

  @Test
  void aBetterKnowledgeOfTheSameOwnerIsNews() {
    tick(tcp(7).owner(10, "nginx", PidSource.LISTENER));

    Frame frame = tick(tcp(7).owner(10, "nginx", PidSource.ACCEPT));

    assertThat(only(Changes.of(frame).updated()).owner().source()).isEqualTo(PidSource.ACCEPT);
  }

  @Test
  void aProcessThatBecomesAnotherProgramIsAChange() {
    tick(tcp(7).owner(10, "sshd", PidSource.FD));

    Frame frame = tick(tcp(7).owner(10, "bash", PidSource.FD));

    assertThat(only(Changes.of(frame).updated()).owner().process()).isEqualTo("bash");
  }

  @Test
  void aNewStateIsNews() {
    tick(tcp(7));

    Frame frame = tick(tcp(7).state(TcpState.CLOSE_WAIT));

    assertThat(only(Changes.of(frame).updated()).state()).isEqualTo(TcpState.CLOSE_WAIT);
  }

  @Test
  void theSameReadingAgainIsNoNews() {
    tick(tcp(7).older().packets(1, 1));

    assertThat(Changes.of(tick(tcp(7).older().packets(1, 1))).updated()).isEmpty();
  }

  @Test
  void whatNoFrameHasShownIsNotThereYet() {
    table.apply(tcp(7));

    assertThat(table.get(7)).isNull();
    assertThat(table.all()).isEmpty();
  }

  @Test
  void betweenTicksTheTableShowsTheLastFrame() {
    Connection opened = only(Changes.of(tick(tcp(7).packets(1, 1))).opened());
    table.apply(tcp(7).packets(2, 2));

    assertThat(table.get(7)).isEqualTo(opened);
    assertThat(table.all()).containsExactly(opened);
  }

  @Test
  void aSettledConnectionIsShownAsItSettled() {
    tick(tcp(7).bytes(100, 100).packets(1, 1));

    Connection quieted = only(Changes.of(tick()).quieted());

    assertThat(table.get(7)).isEqualTo(quieted);
    assertThat(table.all()).containsExactly(quieted);
  }

  @Test
  void aClosedConnectionStaysForOneTickThenGoes() {
    tick(tcp(7), tcp(8));

    Frame closing = tick(tcp(7).closed(TcpState.LAST_ACK, 0));

    assertThat(closing.total()).isEqualTo(2);
    assertThat(table.get(7)).isEqualTo(only(Changes.of(closing).closed()));
    assertThat(in(table.all(), 7)).hasSize(1);

    Frame next = tick();

    assertThat(next.total()).isEqualTo(1);
    assertThat(table.size()).isEqualTo(1);
    assertThat(table.get(7)).isNull();
    assertThat(in(table.all(), 7)).isEmpty();
    assertThat(in(Changes.of(next).closed(), 7)).isEmpty();
    assertThat(in(Changes.of(next).quieted(), 7)).isEmpty();
    assertThat(in(table.all(), 8)).hasSize(1);
  }

  @Test
  void aShortLivedConnectionStaysForOneTickThenGoes() {
    tick(tcp(7).closed(TcpState.ESTABLISHED, 104));

    assertThat(only(table.all()).phase()).isEqualTo(Phase.CLOSED);

    assertEmpty(tick());
    assertThat(table.all()).isEmpty();
    assertThat(table.size()).isZero();
  }

  @Test
  void aSweepEndsWhatItDoesNotName() {
    tick(tcp(7).older().bytes(10, 20).packets(1, 2), tcp(8).older());
    tick();

    Frame frame = sweep(tcp(8).older());

    Connection ghost = only(Changes.of(frame).closed());
    assertThat(ghost.id()).isEqualTo(7);
    assertThat(ghost.phase()).isEqualTo(Phase.CLOSED);
    assertThat(ghost.closeReason()).isNull();
    assertThat(ghost.closedAt()).isEqualTo(frame.time());
    assertThat(ghost.traffic().bytesOut()).isEqualTo(20);
    assertThat(ghost.traffic().bytesOutPerSecond()).isZero();
    assertThat(table.get(7)).isEqualTo(ghost);
  }

  @Test
  void aSweepDoesNotReportWhatDidNotChange() {
    tick(tcp(7).older().packets(1, 1), udp(8).packets(1, 1));
    tick();

    assertEmpty(sweep(tcp(7).older().packets(1, 1), udp(8).packets(1, 1)));
  }

  @Test
  void aConnectionThatVanishesRightAfterAChangeOnlyCloses() {
    tick(tcp(7).bytes(10, 20).packets(1, 2));

    Frame frame = sweep();

    assertThat(only(Changes.of(frame).closed()).id()).isEqualTo(7);
    assertThat(Changes.of(frame).quieted()).isEmpty();
  }

  @Test
  void aSweepSettlesWhatItNames() {
    tick(tcp(7).bytes(10, 20).packets(1, 2));

    Frame frame = sweep(tcp(7).bytes(10, 20).packets(1, 2));

    assertThat(only(Changes.of(frame).quieted()).id()).isEqualTo(7);
    assertThat(Changes.of(frame).closed()).isEmpty();
  }

  @Test
  void aSweepDoesNotCloseTwiceWhatJustClosed() {
    tick(tcp(7));
    tick(tcp(7).closed(TcpState.LAST_ACK, 0));

    Frame frame = sweep();

    assertEmpty(frame);
    assertThat(frame.total()).isZero();
  }

  @Test
  void aVanishedConnectionStaysForOneTickThenGoes() {
    tick(tcp(7));
    sweep();

    assertThat(in(table.all(), 7)).hasSize(1);

    assertEmpty(tick());
    assertThat(table.get(7)).isNull();
    assertThat(table.size()).isZero();
  }

  @Test
  void withoutASweepSilenceIsNoEnd() {
    tick(tcp(7));
    tick();
    tick();

    assertThat(only(table.all()).phase()).isEqualTo(Phase.OPEN);
  }

  @Test
  void lossesAreThoseOfTheInterval() {
    Losses first = new Losses(3, 0, 1, 0, 0);
    Losses second = new Losses(5, 1, 1, 0, 2);

    assertThat(tick(first, false).lost()).isEqualTo(first);
    assertThat(tick(second, false).lost()).isEqualTo(new Losses(2, 1, 0, 0, 2));
    assertThat(tick(second, false).complete()).isTrue();
  }

  @Test
  void sequenceNumbersHaveNoHolesOverFrames() {
    List<Frame> frames = new ArrayList<>();
    frames.add(tick());
    frames.add(
        tick(
            tcp(1),
            tcp(2).older(),
            tcp(3).closed(TcpState.ESTABLISHED, 104),
            tcp(4),
            udp(5).packets(1, 1)));
    frames.add(tick(tcp(1).packets(1, 1), tcp(2).older().closed(TcpState.LAST_ACK, 0)));
    frames.add(sweep(tcp(1).packets(1, 1)));
    frames.add(tick());

    long sequence = 1;
    long number = 1;
    for (Frame frame : frames) {
      assertThat(frame.sequence()).isEqualTo(sequence);
      assertThat(frame.number()).isEqualTo(number);
      int events = Changes.of(frame).all().size();
      sequence += events + 1;
      number++;
    }
    assertThat(sequence).as("every kind of event occurred").isGreaterThan(15);
  }
}
