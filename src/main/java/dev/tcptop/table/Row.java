package dev.tcptop.table;

import dev.tcptop.collect.Reading;
import dev.tcptop.model.CloseReason;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Connection.TcpFigures;
import dev.tcptop.model.Connection.Traffic;
import dev.tcptop.model.Direction;
import dev.tcptop.model.End;
import dev.tcptop.model.Owner;
import dev.tcptop.model.Phase;
import dev.tcptop.model.Protocol;
import dev.tcptop.model.TcpState;
import dev.tcptop.model.Tuple;
import dev.tcptop.names.Names;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One connection of the table: what never changes, the last counters, and the last frame's view.
 */
final class Row {
  private static final long SEGMENT_COUNTER_MASK = 0xffff_ffffL;

  private final Tuple tuple;

  private Direction direction = Direction.UNKNOWN;
  private Owner owner = Owner.NOBODY;
  private @Nullable TcpState state;
  private @Nullable TcpState lastState;
  private long uid;
  private long bytesIn;
  private long bytesOut;
  private long packetsIn;
  private long packetsOut;
  private long kernelPacketsIn;
  private long kernelPacketsOut;
  private long lifetimeBytesIn;
  private long lifetimeBytesOut;
  private long rttMicros;
  private long minRttMicros;
  private long retransmits;
  private long seenNanos;
  private int error;
  private boolean closed;

  /** The counters as the last frame had them: rates are the difference. */
  private long framedBytesIn;

  private long framedBytesOut;

  /** The tick that last changed this row; 0: none. */
  long changedTick;

  /** The last tick that had a reading of this row. */
  long namedTick;

  /** What the last frame, or none yet, showed. */
  private @Nullable Connection shown;

  Row(Reading reading, Instant since) {
    tuple =
        new Tuple(
            reading.id(),
            reading.protocol(),
            reading.family(),
            reading.local(),
            reading.remote(),
            reading.netns(),
            reading.partial(),
            since);
  }

  /** Takes in a reading. Returns whether anything in it is new. */
  boolean update(Reading reading) {
    if (!isNews(reading)) {
      return false;
    }
    if (!reading.isOwner(owner)) {
      owner = reading.owner();
    }
    direction = reading.direction();
    state = reading.state();
    uid = reading.uid();
    bytesIn = reading.bytesIn();
    bytesOut = reading.bytesOut();
    if (tuple.protocol() == Protocol.TCP) {
      // The kernel's segment counters have 32 bits and wrap.
      packetsIn += (reading.packetsIn() - kernelPacketsIn) & SEGMENT_COUNTER_MASK;
      packetsOut += (reading.packetsOut() - kernelPacketsOut) & SEGMENT_COUNTER_MASK;
    } else {
      packetsIn = reading.packetsIn();
      packetsOut = reading.packetsOut();
    }
    kernelPacketsIn = reading.packetsIn();
    kernelPacketsOut = reading.packetsOut();
    lifetimeBytesIn = reading.lifetimeBytesIn();
    lifetimeBytesOut = reading.lifetimeBytesOut();
    rttMicros = reading.rttMicros();
    minRttMicros = reading.minRttMicros();
    retransmits = reading.retransmits();
    seenNanos = reading.seenNanos();
    if (reading.closed()) {
      closed = true;
      error = reading.error();
      lastState = reading.lastState();
    }
    return true;
  }

  /**
   * Whether anything differs that is shown. A segment may have been counted at the last reading and
   * worked off since, so the counters alone don't tell.
   */
  private boolean isNews(Reading reading) {
    return reading.packetsIn() != kernelPacketsIn
        || reading.packetsOut() != kernelPacketsOut
        || reading.bytesIn() != bytesIn
        || reading.bytesOut() != bytesOut
        || reading.rttMicros() != rttMicros
        || reading.state() != state
        || reading.closed()
        || !reading.isOwner(owner)
        || changedTick == 0;
  }

  boolean isClosed() {
    return closed;
  }

  long id() {
    return tuple.id();
  }

  boolean isPartial() {
    return tuple.partial();
  }

  /** Whether no frame has shown it. */
  boolean isUnseen() {
    return shown == null;
  }

  /** The last view. */
  Connection shown() {
    return Objects.requireNonNull(shown, "the row was in no frame");
  }

  @Nullable TcpState lastState() {
    return lastState;
  }

  /** The view for a frame in which this row changed. */
  Connection frame(TickClock clock, Names names) {
    long in = clock.perSecond(Math.max(bytesIn - framedBytesIn, 0));
    long out = clock.perSecond(Math.max(bytesOut - framedBytesOut, 0));
    framedBytesIn = bytesIn;
    framedBytesOut = bytesOut;
    Phase phase = closed ? Phase.CLOSED : isUnseen() && !isPartial() ? Phase.NEW : Phase.OPEN;
    return show(phase, in, out, closed ? new End(reason(), closedAt(clock)) : null, clock, names);
  }

  /** Whether the last view holds for its interval alone: it is new, or something flowed. */
  boolean isMomentary() {
    Traffic traffic = shown().traffic();
    return shown().phase() == Phase.NEW
        || traffic.bytesInPerSecond() != 0
        || traffic.bytesOutPerSecond() != 0;
  }

  /** Whether the last view has names that hold no longer. */
  boolean isRenamed(Predicate<Connection> renamed, Names names) {
    return shown != null && renamed.test(shown) && !names.of(tuple, owner).equals(shown.naming());
  }

  /** The view for the frame after that, if nothing more happened: no longer new, nothing flows. */
  Connection quiet(TickClock clock, Names names) {
    return show(Phase.OPEN, 0, 0, null, clock, names);
  }

  /** The view of a connection whose end was not observed. */
  Connection loseSight(TickClock clock, Names names) {
    closed = true;
    return show(Phase.CLOSED, 0, 0, new End(null, clock.now()), clock, names);
  }

  /** A TCP connection closed when its last record was made; a flow has ended by now, idle. */
  private Instant closedAt(TickClock clock) {
    return tuple.protocol() == Protocol.UDP ? clock.now() : clock.instant(seenNanos);
  }

  private @Nullable CloseReason reason() {
    return tuple.protocol() == Protocol.UDP || lastState == null
        ? null
        : CloseReason.of(error, lastState);
  }

  private Connection show(
      Phase phase,
      long inPerSecond,
      long outPerSecond,
      @Nullable End end,
      TickClock clock,
      Names names) {
    Connection connection =
        new Connection(
            tuple,
            direction,
            state,
            phase,
            owner,
            uid,
            new Traffic(bytesIn, bytesOut, packetsIn, packetsOut, inPerSecond, outPerSecond),
            tuple.protocol() == Protocol.UDP
                ? null
                : new TcpFigures(
                    rttMicros, minRttMicros, retransmits, lifetimeBytesIn, lifetimeBytesOut),
            names.of(tuple, owner),
            clock.instant(seenNanos),
            end);
    shown = connection;
    return connection;
  }
}
