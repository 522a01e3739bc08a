package dev.tcptop.collect.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tcptop.collect.Sample;
import dev.tcptop.collect.ScriptedReading;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Losses;
import dev.tcptop.names.Names;
import dev.tcptop.table.Changes;
import dev.tcptop.table.ConnectionTable;
import dev.tcptop.table.Frame;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Timeout;

/** Reads any bytes as records: none throws, and none harms another connection. */
class RecordFuzz {
  private static final long GOOD = 7;
  private static final long SECOND = 1_000_000_000L;

  private final ConnectionTable table = new ConnectionTable(at(0), Names.NONE);

  private static Sample at(long seconds) {
    return new Sample(seconds * SECOND, (1_700_000_000 + seconds) * SECOND, Losses.NONE, 0, 0);
  }

  @Timeout(20)
  @FuzzTest(maxExecutions = 100_000)
  void anyBytes(byte[] bytes) {
    int count = (bytes.length + Layout.RECORD - 1) / Layout.RECORD;
    ByteBuffer buffer =
        ByteBuffer.allocateDirect(count * Layout.RECORD).order(ByteOrder.nativeOrder()).put(bytes);
    RecordView view = new RecordView(buffer);
    table.apply(ScriptedReading.tcp(GOOD).bytes(1000, 0).packets(1, 0));
    tellAll(table.tick(at(1), false));
    for (int second = 2; second < 5; second++) {
      for (int i = 0; i < count; i++) {
        if (view.at(i).id() != GOOD) {
          table.apply(view);
        }
      }
      table.apply(ScriptedReading.tcp(GOOD).bytes(1000L * second, 0).packets(second, 0));
      tellAll(table.tick(at(second), second == 4));
    }
    Connection good = table.get(GOOD);
    assertThat(good).isNotNull();
    assertThat(good.traffic().bytesIn()).isEqualTo(4000);
    assertThat(good.traffic().bytesInPerSecond()).isEqualTo(1000);
    assertThat(good.owner().process()).isEqualTo("curl");
  }

  /** Checks that the figures of each connection can be written. */
  private static void tellAll(Frame frame) {
    for (Connection connection : Changes.of(frame).all()) {
      assertThat(connection.local().address().toString()).isNotEmpty();
      assertThat(connection.remote().address().toString()).isNotEmpty();
      assertThat(connection.since().toString()).isNotEmpty();
      assertThat(connection.owner().process()).hasSizeLessThanOrEqualTo(16);
    }
  }
}
