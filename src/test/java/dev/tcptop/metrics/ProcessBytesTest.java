package dev.tcptop.metrics;

import static dev.tcptop.model.ConnectionBuilder.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.model.Connection;
import dev.tcptop.model.Owner;
import dev.tcptop.model.PidSource;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ProcessBytesTest {
  private final ScrapedRegistry registry = new ScrapedRegistry();
  private ProcessBytes bytes = new ProcessBytes(registry.registry(), 2);

  private void moves(String process, long out) {
    Owner owner = process.isEmpty() ? Owner.NOBODY : new Owner(1, process, PidSource.CONNECT);
    Connection connection = tcp(1).owner(owner).build();
    bytes.add(connection, 0, out);
  }

  private void pauseEnds() {
    bytes.placeIsDue();
    bytes.endTick();
  }

  private Scrape scrape() {
    return registry.scrape();
  }

  private double of(String process) {
    return scrape().sum("tcptop_bytes_total", "process", process);
  }

  private Set<String> processes() {
    Set<String> processes = new TreeSet<>();
    scrape().series("tcptop_bytes_total").keySet().forEach(l -> processes.add(l.get("process")));
    return processes;
  }

  @Test
  void aPlaceGoesToWhoMovedTheMost() {
    moves("small", 10);
    moves("great", 1_000);
    moves("middle", 100);
    pauseEnds();

    assertThat(processes()).containsExactly("great", "other");
  }

  @Test
  void whatWasMovedBeforeStaysWithTheOthers() {
    moves("nginx", 1_000);
    pauseEnds();
    moves("nginx", 50);
    moves("curl", 7);

    assertThat(of("nginx")).isEqualTo(50);
    assertThat(of("other")).isEqualTo(1_007);
  }

  @Test
  void oneAtATimeSoThatThoseWhoComeFirstDoNotTakeAllPlaces() {
    moves("first", 2);
    moves("second", 1);
    pauseEnds();
    bytes.endTick();
    assertThat(processes()).containsExactly("first", "other");

    moves("late", 100);
    pauseEnds();
    assertThat(processes()).containsExactly("first", "late", "other");
  }

  @Test
  void aPlaceIsKept() {
    moves("a", 1);
    pauseEnds();
    moves("b", 1);
    pauseEnds();
    moves("c", 1_000_000);
    pauseEnds();

    assertThat(processes()).containsExactly("a", "b", "other");
    assertThat(of("other")).isEqualTo(1_000_002);
  }

  @Test
  void nobodyAndAProcessCalledOtherAreAmongTheOthers() {
    moves("", 5);
    moves("other", 6);
    pauseEnds();
    moves("other", 7);

    assertThat(processes()).containsExactly("other");
    assertThat(of("other")).isEqualTo(18);
  }

  @Test
  void namesWithoutEndAreForgottenAndTakeNoSeries() {
    moves("forgotten", 5);
    for (int i = 0; i < 10 * ProcessBytes.MOST_CANDIDATES; i++) {
      moves("p" + i, 1);
    }
    moves("nginx", 3);
    pauseEnds();

    assertThat(processes()).containsExactly("nginx", "other");
  }

  @Test
  void aNameIsWrittenAsALabel() {
    moves("a\"b\\c\nd", 1);
    pauseEnds();

    assertThat(processes()).containsExactly("a\\\"b\\\\c\\nd", "other");
  }

  @Test
  void withoutPlacesThereAreNoNames() {
    registry.registry().clear();
    bytes = new ProcessBytes(registry.registry(), 0);
    moves("nginx", 1);
    pauseEnds();

    assertThat(scrape().series("tcptop_bytes_total").keySet())
        .hasSize(4)
        .allSatisfy(labels -> assertThat(labels).containsOnlyKeys("protocol", "direction"));
  }
}
