package dev.tcptop.collect.ebpf;

import dev.tcptop.collect.Reading;
import dev.tcptop.model.Direction;
import dev.tcptop.model.Endpoint;
import dev.tcptop.model.Family;
import dev.tcptop.model.Owner;
import dev.tcptop.model.PidSource;
import dev.tcptop.model.Protocol;
import dev.tcptop.model.TcpState;
import io.netty.util.NetUtil;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A window on one {@code struct record} of a buffer, moved from record to record. It trusts no
 * byte: what has no name here, a state of a newer kernel say, is none or unknown.
 */
final class RecordView implements Reading {
  private static final int IPPROTO_UDP = 17;
  private static final int AF_INET = 2;
  private static final int PROCESS_BYTES = 16;
  private static final long NOT_MEASURED = 0xffff_ffffL;

  // enum record_flag
  static final int PARTIAL = 1;
  static final int CLOSED = 2;

  private static final Direction[] DIRECTIONS = Direction.values();
  private static final int STATES = TcpState.values().length;
  private static final PidSource[] SOURCES = PidSource.values();

  private final ByteBuffer buffer;
  private int start;

  /** The last of each: most records have the same. */
  private final Address localAddress = new Address();

  private final Address remoteAddress = new Address();
  private Owner lastOwner = Owner.NOBODY;

  /**
   * @param buffer in native byte order
   */
  RecordView(ByteBuffer buffer) {
    this.buffer = buffer;
  }

  /** Moves to the record with this index. */
  RecordView at(int index) {
    start = index * Layout.RECORD;
    return this;
  }

  @Override
  public long id() {
    return u64(Layout.ID);
  }

  @Override
  public Protocol protocol() {
    return u8(Layout.PROTOCOL) == IPPROTO_UDP ? Protocol.UDP : Protocol.TCP;
  }

  @Override
  public Family family() {
    return u8(Layout.FAMILY) == AF_INET ? Family.IPV4 : Family.IPV6;
  }

  @Override
  public Endpoint local() {
    return endpoint(localAddress, Layout.LOCAL_ADDRESS, Layout.LOCAL_PORT);
  }

  @Override
  public Endpoint remote() {
    return endpoint(remoteAddress, Layout.REMOTE_ADDRESS, Layout.REMOTE_PORT);
  }

  @Override
  public Direction direction() {
    int number = u8(Layout.DIRECTION);
    return number < DIRECTIONS.length ? DIRECTIONS[number] : Direction.UNKNOWN;
  }

  @Override
  public @Nullable TcpState state() {
    return tcpState(Layout.STATE);
  }

  @Override
  public @Nullable TcpState lastState() {
    return tcpState(Layout.LAST_STATE);
  }

  @Override
  public int error() {
    return u8(Layout.ERROR);
  }

  @Override
  public boolean closed() {
    return (u8(Layout.FLAGS) & CLOSED) != 0;
  }

  @Override
  public boolean partial() {
    return (u8(Layout.FLAGS) & PARTIAL) != 0;
  }

  @Override
  public Owner owner() {
    if (!isOwner(lastOwner)) {
      lastOwner = pid() == 0 ? Owner.NOBODY : new Owner(pid(), process(), pidSource());
    }
    return lastOwner;
  }

  @Override
  public boolean isOwner(Owner owner) {
    return pid() == owner.pid()
        && (pid() == 0 || (pidSource() == owner.source() && isProcess(owner.process())));
  }

  @Override
  public long uid() {
    return u32(Layout.UID);
  }

  @Override
  public long netns() {
    return u32(Layout.NETNS);
  }

  @Override
  public long bytesIn() {
    return u64(Layout.BYTES_IN);
  }

  @Override
  public long bytesOut() {
    return u64(Layout.BYTES_OUT);
  }

  @Override
  public long packetsIn() {
    return u64(Layout.PACKETS_IN);
  }

  @Override
  public long packetsOut() {
    return u64(Layout.PACKETS_OUT);
  }

  @Override
  public long lifetimeBytesIn() {
    return u64(Layout.LIFETIME_BYTES_IN);
  }

  @Override
  public long lifetimeBytesOut() {
    return u64(Layout.LIFETIME_BYTES_OUT);
  }

  @Override
  public long rttMicros() {
    return measured(Layout.RTT_US);
  }

  @Override
  public long minRttMicros() {
    return measured(Layout.MIN_RTT_US);
  }

  @Override
  public long retransmits() {
    return u32(Layout.RETRANSMITS);
  }

  @Override
  public long sinceNanos() {
    return u64(Layout.SINCE_NS);
  }

  @Override
  public long seenNanos() {
    return u64(Layout.SEEN_NS);
  }

  private long u64(int field) {
    return buffer.getLong(start + field);
  }

  private long u32(int field) {
    return buffer.getInt(start + field) & 0xffff_ffffL;
  }

  private int u8(int field) {
    return buffer.get(start + field) & 0xff;
  }

  private long measured(int field) {
    long micros = u32(field);
    return micros == 0 || micros == NOT_MEASURED ? -1 : micros;
  }

  private @Nullable TcpState tcpState(int field) {
    int number = u8(field);
    return number == 0 || number > STATES ? null : TcpState.of(number);
  }

  private Endpoint endpoint(Address last, int address, int port) {
    byte[] bytes = new byte[family() == Family.IPV4 ? 4 : 16];
    buffer.get(start + address, bytes);
    return new Endpoint(
        last.text(bytes, u32(Layout.SCOPE)), buffer.getShort(start + port) & 0xffff);
  }

  /** An address that is given out again as long as it stays the same. */
  private static final class Address {
    private byte[] bytes = {};
    private long scope;
    private String text = "";

    String text(byte[] now, long scopeNow) {
      if (scope != scopeNow || !Arrays.equals(bytes, now)) {
        bytes = now;
        scope = scopeNow;
        boolean linkLocal =
            bytes.length == 16 && bytes[0] == (byte) 0xfe && (bytes[1] & 0xc0) == 0x80;
        String address = NetUtil.bytesToIpAddress(bytes);
        text = scope != 0 && linkLocal ? address + "%" + scope : address;
      }
      return text;
    }
  }

  private int pid() {
    return buffer.getInt(start + Layout.PID);
  }

  private PidSource pidSource() {
    int number = u8(Layout.PID_SOURCE);
    return number < SOURCES.length ? SOURCES[number] : PidSource.NONE;
  }

  /** Without an object, where the name is ASCII. */
  private boolean isProcess(String name) {
    int field = start + Layout.PROCESS;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c > 0x7f) {
        return name.equals(process());
      }
      if (i == PROCESS_BYTES || buffer.get(field + i) != c) {
        return false;
      }
    }
    return name.length() == PROCESS_BYTES || buffer.get(field + name.length()) == 0;
  }

  private String process() {
    byte[] bytes = new byte[PROCESS_BYTES];
    buffer.get(start + Layout.PROCESS, bytes);
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }
}
