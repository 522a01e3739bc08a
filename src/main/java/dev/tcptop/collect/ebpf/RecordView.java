package dev.tcptop.collect.ebpf;

import dev.tcptop.collect.Reading;
import dev.tcptop.model.Address;
import dev.tcptop.model.Direction;
import dev.tcptop.model.Endpoint;
import dev.tcptop.model.Family;
import dev.tcptop.model.Owner;
import dev.tcptop.model.PidSource;
import dev.tcptop.model.Protocol;
import dev.tcptop.model.TcpState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
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

  /** Addresses that were given out, so that connections share them. */
  private final AddressCache addresses = new AddressCache();

  /** The owner of the previous record: consecutive records often share it. */
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
    return endpoint(Layout.LOCAL_ADDRESS, Layout.LOCAL_PORT);
  }

  @Override
  public Endpoint remote() {
    return endpoint(Layout.REMOTE_ADDRESS, Layout.REMOTE_PORT);
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

  private Endpoint endpoint(int address, int port) {
    return new Endpoint(address(start + address), buffer.getShort(start + port) & 0xffff);
  }

  /** The kernel writes an address in network order, that of IPv4 into the first four bytes. */
  private Address address(int at) {
    return family() == Family.IPV4
        ? addresses.ipv4(networkOrder(buffer.getInt(at)))
        : addresses.ipv6(
            networkOrder(buffer.getLong(at)),
            networkOrder(buffer.getLong(at + Long.BYTES)),
            u32(Layout.SCOPE));
  }

  private int networkOrder(int number) {
    return buffer.order() == ByteOrder.BIG_ENDIAN ? number : Integer.reverseBytes(number);
  }

  private long networkOrder(long number) {
    return buffer.order() == ByteOrder.BIG_ENDIAN ? number : Long.reverseBytes(number);
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
