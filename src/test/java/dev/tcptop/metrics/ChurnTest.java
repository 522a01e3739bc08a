package dev.tcptop.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.collect.Sample;
import dev.tcptop.collect.ScriptedReading;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Losses;
import dev.tcptop.model.Phase;
import dev.tcptop.model.PidSource;
import dev.tcptop.model.TcpState;
import dev.tcptop.names.Names;
import dev.tcptop.table.ConnectionTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A table that changes at random, and the meter beside it: after each tick, what the meter keeps by
 * differences is what a walk over the whole table finds.
 */
class ChurnTest {
  private static final int TICKS = 300;
  private static final int PROCESSES = 5;

  private final Random random = new Random();
  private final ScrapedRegistry registry = new ScrapedRegistry();
  private final ConnectionTable table = new ConnectionTable(at(0), Names.NONE);
  private final Map<Long, Traffic> live = new HashMap<>();
  private final List<ScriptedReading> readings = new ArrayList<>();
  private long nextId = 1;
  private long began;
  private long found;
  private long ended;
  private long bytesIn;
  private long bytesOut;

  /** What a connection has moved. */
  private static final class Traffic {
    final boolean udp;
    final boolean older;
    long in;
    long out;

    Traffic(boolean udp, boolean older) {
      this.udp = udp;
      this.older = older;
    }
  }

  private static Sample at(long tick) {
    return new Sample(tick * 1_000_000_000L, tick * 1_000_000_000L, Losses.NONE, 0, 0);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void theMeterIsWhatTheTableHolds(long seed) {
    random.setSeed(seed);
    ConnectionMeter meter = new ConnectionMeter(registry.registry(), PROCESSES);
    Map<Map<String, String>, Double> bytesBefore = Map.of();
    for (int tick = 1; tick <= TICKS; tick++) {
      boolean sweep = random.nextInt(10) == 0;
      change(tick, sweep);
      readings.forEach(table::apply);
      readings.clear();
      if (tick % 10 == 0) {
        meter.placeIsDue(); // every ten seconds
      }
      meter.next(table.tick(at(tick), sweep));

      Scrape scrape = registry.scrape();
      assertThat(states(scrape)).as("tick " + tick).isEqualTo(states(table.all()));
      assertThat(scrape.sum("tcptop_connections_opened_total")).isEqualTo(began);
      assertThat(scrape.sum("tcptop_connections_found_total")).isEqualTo(found);
      assertThat(scrape.sum("tcptop_connections_closed_total")).isEqualTo(ended);
      assertThat(scrape.sum("tcptop_connections")).isEqualTo(began + found - ended);
      assertThat(scrape.sum("tcptop_bytes_total", "direction", "in")).isEqualTo(bytesIn);
      assertThat(scrape.sum("tcptop_bytes_total", "direction", "out")).isEqualTo(bytesOut);
      Map<Map<String, String>, Double> bytes = scrape.series("tcptop_bytes_total");
      assertThat(bytes).hasSizeLessThanOrEqualTo(4 * (PROCESSES + 1));
      bytesBefore.forEach(
          (labels, value) -> assertThat(bytes.get(labels)).isGreaterThanOrEqualTo(value));
      bytesBefore = bytes;
    }
    assertThat(bytesBefore).as("all places are taken").hasSize(4 * (PROCESSES + 1));
  }

  /** Connections begin, move bytes, change state or owner, and end, some without a word. */
  private void change(int tick, boolean sweep) {
    for (long id : live.keySet().stream().sorted().toList()) {
      Traffic traffic = live.get(id);
      int fate = random.nextInt(20);
      if (fate == 0) {
        move(traffic);
        readings.add(
            traffic.udp
                ? reading(id, traffic).ended()
                : reading(id, traffic).closed(TcpState.LAST_ACK, random.nextInt(3) * 55));
        end(id);
      } else if (sweep && fate == 1) {
        end(id); // its close was lost, the sweep misses it
      } else if (sweep || fate < 8) {
        move(traffic);
        readings.add(reading(id, traffic));
      }
    }
    for (int i = random.nextInt(20); i > 0; i--) {
      Traffic traffic = new Traffic(random.nextInt(4) == 0, tick == 1);
      live.put(nextId, traffic);
      if (traffic.older) {
        found++;
      } else {
        began++;
      }
      move(traffic);
      readings.add(reading(nextId, traffic));
      if (random.nextInt(4) == 0) {
        readings.add(
            traffic.udp
                ? reading(nextId, traffic).ended()
                : reading(nextId, traffic).closed(TcpState.ESTABLISHED, 0));
        end(nextId);
      }
      nextId++;
    }
  }

  private void end(long id) {
    live.remove(id);
    ended++;
  }

  private void move(Traffic traffic) {
    long in = random.nextInt(3) * (long) random.nextInt(1_000_000);
    long out = random.nextInt(100_000);
    traffic.in += in;
    traffic.out += out;
    bytesIn += in;
    bytesOut += out;
  }

  private ScriptedReading reading(long id, Traffic traffic) {
    ScriptedReading reading =
        traffic.udp
            ? ScriptedReading.udp(id)
            : ScriptedReading.tcp(id)
                .state(TcpState.values()[random.nextInt(TcpState.values().length)]);
    if (traffic.older) {
      reading.older();
    }
    int process = random.nextInt(50);
    if (process > 0) {
      reading.owner(process, process == 1 ? ProcessBytes.OTHER : "p" + process, PidSource.FD);
    }
    return reading.bytes(traffic.in, traffic.out).packets(traffic.in, traffic.out);
  }

  private static Map<String, Long> states(Scrape scrape) {
    return scrape.series("tcptop_connections").entrySet().stream()
        .filter(one -> one.getValue() != 0)
        .collect(
            Collectors.toMap(
                one -> one.getKey().get("protocol") + " " + one.getKey().get("state"),
                one -> one.getValue().longValue()));
  }

  private static Map<String, Long> states(List<Connection> connections) {
    return connections.stream()
        .filter(connection -> connection.phase() != Phase.CLOSED)
        .map(c -> c.state() == null ? "udp -" : "tcp " + c.state())
        .collect(Collectors.groupingBy(state -> state, Collectors.counting()));
  }
}
