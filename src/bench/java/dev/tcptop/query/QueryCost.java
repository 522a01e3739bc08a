package dev.tcptop.query;

import com.sun.management.ThreadMXBean;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Connection.Traffic;
import dev.tcptop.model.ConnectionBuilder;
import dev.tcptop.model.Endpoint;
import dev.tcptop.model.Family;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongSupplier;

/**
 * What filters and sort orders cost at {@link #CONNECTIONS} connections, one in ten of IPv6. Prints
 * a line a figure: kind, text, value, bytes allocated. It is run with the classes of this build and
 * with those of an earlier one, so it uses only what both have.
 */
public final class QueryCost {
  private static final int CONNECTIONS = 108_000;
  private static final int ROUNDS = 15;

  /** Time for the compiler, on a machine that has other work too. */
  private static final long WARM_UP_NANOS = 3_000_000_000L;

  private static final List<String> FILTERS =
      List.of("port = 443", "address in 10.0.0.0/8", "not address in (127.0.0.0/8, ::1)");

  private static final List<String> SORTS = List.of("remoteAddress", "-bytesOut");

  /** What the compiler must not leave out. */
  private static volatile long sink;

  private static final Map<String, Object> ADDRESSES = new HashMap<>();

  private QueryCost() {}

  /** No arguments. */
  public static void main(String... args) throws Exception {
    List<Connection> connections = connections();
    // Without what was made on the way, the connections lie in memory as a collector leaves them.
    ADDRESSES.clear();
    System.gc();
    for (String text : FILTERS) {
      Filter filter = Filter.parse(text);
      print(
          "filter",
          text,
          CONNECTIONS,
          () -> {
            long found = 0;
            for (Connection connection : connections) {
              found += filter.test(connection) ? 1 : 0;
            }
            return found;
          });
    }
    for (String text : SORTS) {
      Sort sort = Sort.parse(text);
      print("sort", text, 1, () -> sort.first(connections, Long.MAX_VALUE).get(0).id());
      print("sort", text + ", limit 100", 1, () -> sort.first(connections, 100).get(0).id());
    }
  }

  private static void print(String kind, String text, int parts, LongSupplier work) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    double[] nanos = new double[ROUNDS];
    double[] bytes = new double[ROUNDS];
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < WARM_UP_NANOS) {
      sink += work.getAsLong();
    }
    for (int i = 0; i < ROUNDS; i++) {
      long allocated = threads.getCurrentThreadAllocatedBytes();
      // The thread's own time: other work on the machine does not count.
      long start = threads.getCurrentThreadCpuTime();
      sink += work.getAsLong();
      long end = threads.getCurrentThreadCpuTime();
      nanos[i] = (double) (end - start) / parts;
      bytes[i] = (double) (threads.getCurrentThreadAllocatedBytes() - allocated) / parts;
    }
    Arrays.sort(nanos);
    Arrays.sort(bytes);
    System.out.println(kind + "\t" + text + "\t" + nanos[ROUNDS / 2] + "\t" + bytes[ROUNDS / 2]);
  }

  private static List<Connection> connections() throws ReflectiveOperationException {
    Random random = new Random(1);
    List<Connection> connections = new ArrayList<>();
    for (int id = 1; id <= CONNECTIONS; id++) {
      boolean ipv6 = id % 10 == 0;
      String local =
          ipv6
              ? "2001:db8::" + Integer.toHexString(1 + random.nextInt(8))
              : "10.0.0." + (1 + random.nextInt(8));
      String remote =
          ipv6
              ? "2001:db8:1::" + Integer.toHexString(1 + random.nextInt(0xfffe))
              : random.nextInt(4) == 0
                  ? "10." + octets(random)
                  : 11 + random.nextInt(180) + "." + octets(random);
      connections.add(
          ConnectionBuilder.tcp(id)
              .ends(
                  ipv6 ? Family.IPV6 : Family.IPV4,
                  end(local, random.nextInt(4) == 0 ? 443 : 32_768 + random.nextInt(28_000)),
                  end(remote, random.nextInt(2) == 0 ? 443 : 8080))
              .traffic(new Traffic(random.nextInt(1 << 20), random.nextInt(1 << 20), 1, 1, 0, 0))
              .build());
    }
    return connections;
  }

  private static String octets(Random random) {
    return random.nextInt(256) + "." + random.nextInt(256) + "." + random.nextInt(256);
  }

  /**
   * An end whose address is shared with all ends of that address, as a collector shares them.
   * Before addresses were objects they were texts.
   */
  private static Endpoint end(String text, int port) throws ReflectiveOperationException {
    Constructor<?> constructor = Endpoint.class.getDeclaredConstructors()[0];
    Object address = ADDRESSES.get(text);
    if (address == null) {
      Class<?> type = constructor.getParameterTypes()[0];
      address =
          type == String.class ? text : type.getMethod("parse", String.class).invoke(null, text);
      ADDRESSES.put(text, address);
    }
    return (Endpoint) constructor.newInstance(address, port);
  }
}
