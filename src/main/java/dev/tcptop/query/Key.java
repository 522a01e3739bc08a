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
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a filter and a sort order call a part of a connection: its key in the JSON.
 *
 * @param kind what its values are
 * @param values of a connection: one, or one for either end. Null where it does not apply
 */
record Key(String name, Kind kind, List<Function<Connection, @Nullable Comparable<?>>> values) {

  private static final Map<String, Key> ALL = new LinkedHashMap<>();

  static {
    number("id", Connection::id);
    one("protocol", Kind.words(Protocol.values()), Connection::protocol);
    one("family", Kind.words(Family.values()), Connection::family);
    one("localAddress", Kind.ADDRESS, c -> c.local().address());
    number("localPort", c -> c.local().port());
    one("remoteAddress", Kind.ADDRESS, c -> c.remote().address());
    number("remotePort", c -> c.remote().port());
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
    add("address", Kind.ADDRESS, List.of(c -> c.local().address(), c -> c.remote().address()));
    add("port", Kind.NUMBER, List.of(c -> (long) c.local().port(), c -> (long) c.remote().port()));
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

  private static void number(String name, ToLongFunction<Connection> value) {
    one(name, Kind.NUMBER, c -> count(value.applyAsLong(c)));
  }

  private static void tcp(String name, ToLongFunction<TcpFigures> value) {
    one(
        name,
        Kind.NUMBER,
        c -> {
          TcpFigures tcp = c.tcp();
          return tcp == null ? null : count(value.applyAsLong(tcp));
        });
  }

  private static void one(
      String name, Kind kind, Function<Connection, @Nullable Comparable<?>> value) {
    add(name, kind, List.of(value));
  }

  private static void add(
      String name, Kind kind, List<Function<Connection, @Nullable Comparable<?>>> values) {
    ALL.put(name, new Key(name, kind, values));
  }

  /** A count; negative: there is none. */
  private static @Nullable Long count(long number) {
    return number < 0 ? null : number;
  }

  private static @Nullable PidSource source(Owner owner) {
    return owner.source() == PidSource.NONE ? null : owner.source();
  }
}
