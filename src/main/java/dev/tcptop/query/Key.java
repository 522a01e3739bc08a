package dev.tcptop.query;

import dev.tcptop.model.CloseReason;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Connection.TcpFigures;
import dev.tcptop.model.Direction;
import dev.tcptop.model.Family;
import dev.tcptop.model.Owner;
import dev.tcptop.model.Phase;
import dev.tcptop.model.PidSource;
import dev.tcptop.model.Protocol;
import dev.tcptop.model.TcpState;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a filter and a sort order call a part of a connection: its key in the JSON.
 *
 * @param kind what its values are
 * @param values of a connection: one, or one for either end
 */
record Key(String name, Kind kind, List<Value> values) {

  private static final Map<String, Key> ALL = new LinkedHashMap<>();

  private static final Value.OfAddress LOCAL_ADDRESS = c -> c.local().address();
  private static final Value.OfAddress REMOTE_ADDRESS = c -> c.remote().address();
  private static final Value.OfNumber LOCAL_PORT = c -> c.local().port();
  private static final Value.OfNumber REMOTE_PORT = c -> c.remote().port();

  static {
    number("id", Connection::id);
    one("protocol", Kind.words(Protocol.values()), Connection::protocol);
    one("family", Kind.words(Family.values()), Connection::family);
    one("localAddress", Kind.ADDRESS, LOCAL_ADDRESS);
    number("localPort", LOCAL_PORT);
    one("remoteAddress", Kind.ADDRESS, REMOTE_ADDRESS);
    number("remotePort", REMOTE_PORT);
    one("direction", Kind.words(Direction.values()), Connection::direction);
    one("state", Kind.words(TcpState.values()), Connection::state);
    one("phase", Kind.words(Phase.values()), Connection::phase);
    one("partial", Kind.BOOLEAN, Connection::partial);
    number("pid", c -> c.owner().pid() == 0 ? -1 : c.owner().pid());
    one("process", Kind.TEXT, c -> c.owner().pid() == 0 ? null : c.owner().process());
    PidSource[] sources =
        Arrays.stream(PidSource.values())
            .filter(source -> source != PidSource.NONE)
            .toArray(PidSource[]::new);
    one("pidSource", Kind.words(sources), c -> source(c.owner()));
    number("uid", Connection::uid);
    number("netns", Connection::netns);
    number("bytesIn", c -> c.traffic().bytesIn());
    number("bytesOut", c -> c.traffic().bytesOut());
    number("packetsIn", c -> c.traffic().packetsIn());
    number("packetsOut", c -> c.traffic().packetsOut());
    number("bytesInPerSecond", c -> c.traffic().bytesInPerSecond());
    number("bytesOutPerSecond", c -> c.traffic().bytesOutPerSecond());
    tcp("rttMicros", TcpFigures::rttMicros);
    tcp("minRttMicros", TcpFigures::minRttMicros);
    tcp("retransmits", TcpFigures::retransmits);
    tcp("lifetimeBytesIn", TcpFigures::lifetimeBytesIn);
    tcp("lifetimeBytesOut", TcpFigures::lifetimeBytesOut);
    one("closeReason", Kind.words(CloseReason.values()), Connection::closeReason);
    one("since", Kind.TIME, Connection::since);
    one("lastSeen", Kind.TIME, Connection::lastSeen);
    one("closedAt", Kind.TIME, Connection::closedAt);
    one("pod", Kind.TEXT, c -> c.naming().pod());
    one("namespace", Kind.TEXT, c -> c.naming().namespace());
    one("container", Kind.TEXT, c -> c.naming().container());
    add("address", Kind.ADDRESS, List.of(LOCAL_ADDRESS, REMOTE_ADDRESS));
    add("port", Kind.NUMBER, List.of(LOCAL_PORT, REMOTE_PORT));
  }

  /** The key of this name; null if there is none. */
  static @Nullable Key of(String name) {
    return ALL.get(name);
  }

  /** The names of those wanted, in the order of the JSON; those for either end come last. */
  static String names(Predicate<Key> wanted) {
    return ALL.values().stream().filter(wanted).map(Key::name).collect(Collectors.joining(", "));
  }

  /** Whether it has one value of a connection, not one for either end. */
  boolean isSingle() {
    return values.size() == 1;
  }

  /** Whether its values are of this kind. */
  boolean isOf(Kind kind) {
    return this.kind.equals(kind);
  }

  private static void number(String name, Value.OfNumber value) {
    one(name, Kind.NUMBER, value);
  }

  private static void tcp(String name, ToLongFunction<TcpFigures> figure) {
    number(
        name,
        c -> {
          TcpFigures tcp = c.tcp();
          return tcp == null ? -1 : figure.applyAsLong(tcp);
        });
  }

  private static void one(String name, Kind kind, Value value) {
    add(name, kind, List.of(value));
  }

  private static void add(String name, Kind kind, List<Value> values) {
    ALL.put(name, new Key(name, kind, values));
  }

  private static @Nullable PidSource source(Owner owner) {
    return owner.source() == PidSource.NONE ? null : owner.source();
  }
}
