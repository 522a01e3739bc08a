package dev.tcptop.collect.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.Patience;
import dev.tcptop.collect.Collector.Depth;
import dev.tcptop.collect.Observation.Accepts;
import dev.tcptop.collect.Sample;
import dev.tcptop.collect.ebpf.EbpfCollector.Settings;
import dev.tcptop.config.TcptopConfig.UdpWay;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Losses;
import dev.tcptop.model.PidSource;
import dev.tcptop.names.Names;
import dev.tcptop.table.Changes;
import dev.tcptop.table.ConnectionTable;
import dev.tcptop.table.Frame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * The real collector and a table over it, which a test ticks itself. It keeps all that the table
 * showed.
 */
final class Watch implements AutoCloseable {
  private static final Duration PATIENCE = Patience.LIMIT;

  /** The way in which UDP and accepts are to be observed: a kernel may have several. */
  static final UdpWay UDP =
      UdpWay.valueOf(System.getProperty("tcptop.test.udp", "auto").toUpperCase(Locale.ROOT));

  private final EbpfCollector collector;
  private final ConnectionTable table;

  /** The last view of each connection, by id. */
  private final Map<Long, Connection> seen = new LinkedHashMap<>();

  private final List<Connection> closes = new ArrayList<>();
  private Sample last;
  private boolean lostCloses;

  private Watch(Settings settings) {
    collector = new EbpfCollector(settings);
    last = collector.opened();
    table = new ConnectionTable(last, Names.NONE);
  }

  static Watch begin() {
    return begin(Duration.ofSeconds(5));
  }

  /** Begins with the given idle time of UDP flows. */
  static Watch begin(Duration udpIdle) {
    Settings usual = Settings.usual(udpIdle);
    return begin(
        new Settings(
            usual.ringBytes(),
            usual.sampleRecords(),
            usual.sockets(),
            usual.flows(),
            UDP,
            udpIdle));
  }

  static Watch begin(Settings settings) {
    assertThat(Requirements.privileged()).as("kernel tests need root").isTrue();
    return new Watch(settings);
  }

  EbpfCollector collector() {
    return collector;
  }

  Frame tick() {
    last = collector.sample(Depth.CHANGED, table::apply);
    return frame(false);
  }

  /** Ticks as the live table does after a loss. */
  Frame tickWithSweep() {
    collector.sample(Depth.CHANGED, table::apply);
    last = collector.sample(Depth.REMAINING, table::apply);
    return frame(true);
  }

  /** Ticks as the live table does: with a sweep after a loss, and another in the next tick. */
  Frame advance() {
    Losses before = last.lost();
    Sample sample = collector.sample(Depth.CHANGED, table::apply);
    boolean swept = lostCloses || sample.lost().since(before).hidesCloses();
    if (swept) {
      sample = collector.sample(Depth.REMAINING, table::apply);
    }
    lostCloses = sample.lost().since(before).hidesCloses();
    last = sample;
    return frame(swept);
  }

  private Frame frame(boolean swept) {
    Frame frame = table.tick(last, swept);
    Changes.of(frame).shortLived().forEach(shortLived -> close(shortLived.close()));
    Changes.of(frame).opened().forEach(this::keep);
    Changes.of(frame).updated().forEach(this::keep);
    Changes.of(frame).closed().forEach(this::close);
    return frame;
  }

  private void close(Connection connection) {
    keep(connection);
    closes.add(connection);
  }

  private void keep(Connection connection) {
    seen.put(connection.id(), connection);
  }

  /** The open connections of the table that match. */
  List<Connection> open(Predicate<Connection> wanted) {
    return table.all().stream().filter(wanted).filter(closed().negate()).toList();
  }

  Sample lastSample() {
    return last;
  }

  /** All closes so far, in their order. */
  List<Connection> closes() {
    return closes;
  }

  /** The last views of all connections that were ever seen and that match. */
  List<Connection> seen(Predicate<Connection> wanted) {
    return seen.values().stream().filter(wanted).toList();
  }

  /** Whether the collector sees accepts as they happen. */
  boolean seesAccepts() {
    return collector.observation().accepts() == Accepts.FEXIT;
  }

  /** How the owner of an accepted connection that is still open is learnt. */
  PidSource sourceOfAccepted() {
    return seesAccepts() ? PidSource.ACCEPT : PidSource.FD;
  }

  /** Ticks until the condition holds, but no longer than the patience of a test. */
  void awaitTicks(BooleanSupplier done) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    do {
      tick();
      pause();
    } while (!done.getAsBoolean() && System.nanoTime() < deadline);
  }

  /** Ticks until exactly one connection matches, and returns it. */
  Connection await(String what, Predicate<Connection> wanted) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      tick();
      List<Connection> found = seen(wanted);
      if (found.size() == 1) {
        return found.get(0);
      }
      assertThat(System.nanoTime()).as("%s: found %s", what, found).isLessThan(deadline);
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    collector.close();
  }

  static Predicate<Connection> between(int localPort, int remotePort) {
    return c -> c.local().port() == localPort && c.remote().port() == remotePort;
  }

  static Predicate<Connection> closed() {
    return c -> c.closedAt() != null;
  }
}
