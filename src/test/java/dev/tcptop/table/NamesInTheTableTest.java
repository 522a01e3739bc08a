package dev.tcptop.table;

import static dev.tcptop.collect.ScriptedReading.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.collect.Sample;
import dev.tcptop.collect.ScriptedReading;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Losses;
import dev.tcptop.model.TcpState;
import dev.tcptop.names.ScriptedNames;
import org.junit.jupiter.api.Test;

/** Where the table asks for names, and how names that come late are shown. */
class NamesInTheTableTest {
  private final ScriptedNames names = new ScriptedNames();
  private long seconds;
  private final ConnectionTable table = new ConnectionTable(sample(), names);

  private Sample sample() {
    long nanos = seconds++ * 1_000_000_000;
    return new Sample(nanos, nanos, Losses.NONE, 0, 0);
  }

  private Changes tick(ScriptedReading... readings) {
    return tick(false, readings);
  }

  private Changes tick(boolean swept, ScriptedReading... readings) {
    for (ScriptedReading reading : readings) {
      table.apply(reading);
    }
    return Changes.of(table.tick(sample(), swept));
  }

  @Test
  void aKnownNameIsThereFromTheFirstView() {
    names.name(7, "shop");

    assertThat(tick(tcp(7)).opened())
        .extracting(connection -> connection.naming().pod())
        .containsExactly("shop");
  }

  @Test
  void aLateNameIsAnUpdate() {
    tick(tcp(7).bytes(10, 20), tcp(8));
    tick();
    names.name(7, "shop");

    Changes changes = tick();

    assertThat(changes.all()).hasSize(1);
    Connection renamed = changes.updated().get(0);
    assertThat(renamed.id()).isEqualTo(7);
    assertThat(renamed.naming().pod()).isEqualTo("shop");
    assertThat(renamed.traffic().bytesIn()).isEqualTo(10);
    assertThat(renamed.traffic().bytesInPerSecond()).isZero();
    assertThat(table.get(7)).isEqualTo(renamed);
  }

  @Test
  void aLateNameOfAConnectionThatChangesAnywayMakesOneUpdate() {
    tick(tcp(7));
    names.name(7, "shop");

    assertThat(tick(tcp(7).packets(1, 1)).all())
        .extracting(connection -> connection.naming().pod())
        .containsExactly("shop");
  }

  @Test
  void aNameThatComesWithTheCloseIsOnTheClose() {
    tick(tcp(7));
    names.name(7, "shop");

    assertThat(tick(tcp(7).closed(TcpState.LAST_ACK, 0)).closed())
        .extracting(connection -> connection.naming().pod())
        .containsExactly("shop");
  }

  @Test
  void aNameOfAConnectionThatTheSweepDoesNotFindIsOnTheClose() {
    tick(tcp(7), tcp(8));
    names.name(7, "shop");

    Changes changes = tick(true, tcp(8));

    assertThat(changes.updated()).isEmpty();
    assertThat(changes.closed())
        .extracting(connection -> connection.naming().pod())
        .containsExactly("shop");
  }

  @Test
  void aNameThatComesAfterTheCloseChangesNothing() {
    tick(tcp(7));
    tick(tcp(7).closed(TcpState.LAST_ACK, 0));
    names.name(7, "shop");

    assertThat(tick().all()).isEmpty();
    assertThat(table.size()).isZero();
    names.name(7, "shop");
    assertThat(tick().all()).as("the connection is gone").isEmpty();
  }

  @Test
  void aNameThatIsToldAgainChangesNothing() {
    names.name(7, "shop");
    tick(tcp(7));
    tick();
    names.name(7, "shop");

    assertThat(tick().all()).isEmpty();
  }

  @Test
  void onlyTheConnectionsThatANameMayConcernAreAskedFor() {
    tick(tcp(7), tcp(8), tcp(9));
    tick();
    names.asked.clear();
    names.name(7, "shop");

    tick();

    assertThat(names.asked).containsOnly(7L);
  }

  @Test
  void nothingIsAskedForAConnectionThatDidNotChange() {
    tick(tcp(7), tcp(8));
    tick();
    names.asked.clear();

    tick(tcp(7).packets(1, 1), tcp(8));

    assertThat(names.asked).containsExactly(7L);
  }
}
