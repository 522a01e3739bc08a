package dev.tcptop.collect;

import dev.tcptop.model.Direction;
import dev.tcptop.model.Endpoint;
import dev.tcptop.model.Family;
import dev.tcptop.model.Owner;
import dev.tcptop.model.PidSource;
import dev.tcptop.model.Protocol;
import dev.tcptop.model.TcpState;
import org.jspecify.annotations.Nullable;

/** A reading that a test writes. Each setter changes the reading and returns it. */
public final class ScriptedReading implements Reading {
  private final long id;
  private final Protocol protocol;
  private Family family = Family.IPV4;
  private Endpoint local = Endpoint.of("10.0.0.1", 40000);
  private Endpoint remote = Endpoint.of("10.0.0.2", 443);
  private Direction direction = Direction.UNKNOWN;
  private @Nullable TcpState state;
  private @Nullable TcpState lastState;
  private int error;
  private boolean closed;
  private boolean partial;
  private Owner owner = Owner.NOBODY;
  private long uid;
  private long netns;
  private long bytesIn;
  private long bytesOut;
  private long packetsIn;
  private long packetsOut;
  private long lifetimeBytesIn;
  private long lifetimeBytesOut;
  private long rttMicros = -1;
  private long minRttMicros = -1;
  private long retransmits;
  private long sinceNanos;
  private long seenNanos;

  private ScriptedReading(long id, Protocol protocol) {
    this.id = id;
    this.protocol = protocol;
  }

  /** A reading of an established outbound connection of curl that has sent nothing yet. */
  public static ScriptedReading tcp(long id) {
    return new ScriptedReading(id, Protocol.TCP)
        .direction(Direction.OUTBOUND)
        .state(TcpState.ESTABLISHED)
        .owner(1234, "curl", PidSource.CONNECT);
  }

  /** A reading of a flow of dig that has no datagram yet. */
  public static ScriptedReading udp(long id) {
    return new ScriptedReading(id, Protocol.UDP).owner(5678, "dig", PidSource.SEND);
  }

  public ScriptedReading ends(Family family, Endpoint local, Endpoint remote) {
    this.family = family;
    this.local = local;
    this.remote = remote;
    return this;
  }

  public ScriptedReading direction(Direction direction) {
    this.direction = direction;
    return this;
  }

  public ScriptedReading state(TcpState state) {
    this.state = state;
    return this;
  }

  /** Makes it the last reading of a TCP connection. */
  public ScriptedReading closed(TcpState lastState, int error) {
    this.state = TcpState.CLOSE;
    this.lastState = lastState;
    this.error = error;
    this.closed = true;
    return this;
  }

  /** Makes it the last reading of a flow. */
  public ScriptedReading ended() {
    this.closed = true;
    return this;
  }

  /** Makes the connection older than the collector. */
  public ScriptedReading older() {
    this.partial = true;
    return this;
  }

  public ScriptedReading owner(int pid, String process, PidSource source) {
    this.owner = new Owner(pid, process, source);
    return this;
  }

  public ScriptedReading uid(long uid) {
    this.uid = uid;
    return this;
  }

  public ScriptedReading netns(long netns) {
    this.netns = netns;
    return this;
  }

  public ScriptedReading bytes(long in, long out) {
    this.bytesIn = in;
    this.bytesOut = out;
    return this;
  }

  public ScriptedReading packets(long in, long out) {
    this.packetsIn = in;
    this.packetsOut = out;
    return this;
  }

  public ScriptedReading lifetime(long in, long out) {
    this.lifetimeBytesIn = in;
    this.lifetimeBytesOut = out;
    return this;
  }

  public ScriptedReading rtt(long micros, long minMicros) {
    this.rttMicros = micros;
    this.minRttMicros = minMicros;
    return this;
  }

  public ScriptedReading retransmits(long retransmits) {
    this.retransmits = retransmits;
    return this;
  }

  public ScriptedReading since(long nanos) {
    this.sinceNanos = nanos;
    return this;
  }

  public ScriptedReading seen(long nanos) {
    this.seenNanos = nanos;
    return this;
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public Protocol protocol() {
    return protocol;
  }

  @Override
  public Family family() {
    return family;
  }

  @Override
  public Endpoint local() {
    return local;
  }

  @Override
  public Endpoint remote() {
    return remote;
  }

  @Override
  public Direction direction() {
    return direction;
  }

  @Override
  public @Nullable TcpState state() {
    return state;
  }

  @Override
  public @Nullable TcpState lastState() {
    return lastState;
  }

  @Override
  public int error() {
    return error;
  }

  @Override
  public boolean closed() {
    return closed;
  }

  @Override
  public boolean partial() {
    return partial;
  }

  @Override
  public Owner owner() {
    return owner;
  }

  @Override
  public boolean isOwner(Owner other) {
    return owner.equals(other);
  }

  @Override
  public long uid() {
    return uid;
  }

  @Override
  public long netns() {
    return netns;
  }

  @Override
  public long bytesIn() {
    return bytesIn;
  }

  @Override
  public long bytesOut() {
    return bytesOut;
  }

  @Override
  public long packetsIn() {
    return packetsIn;
  }

  @Override
  public long packetsOut() {
    return packetsOut;
  }

  @Override
  public long lifetimeBytesIn() {
    return lifetimeBytesIn;
  }

  @Override
  public long lifetimeBytesOut() {
    return lifetimeBytesOut;
  }

  @Override
  public long rttMicros() {
    return rttMicros;
  }

  @Override
  public long minRttMicros() {
    return minRttMicros;
  }

  @Override
  public long retransmits() {
    return retransmits;
  }

  @Override
  public long sinceNanos() {
    return sinceNanos;
  }

  @Override
  public long seenNanos() {
    return seenNanos;
  }
}
