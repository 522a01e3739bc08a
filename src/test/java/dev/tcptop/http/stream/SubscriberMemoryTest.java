package dev.tcptop.http.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.model.Connection;
import dev.tcptop.model.ConnectionBuilder;
import dev.tcptop.model.Losses;
import dev.tcptop.publish.Snapshot;
import dev.tcptop.table.Frame;
import dev.tcptop.table.FrameBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A bound of 1,000,000 bytes. */
class SubscriberMemoryTest {
  private static final int LIMIT = 1_000_000;

  private final List<String> done = new ArrayList<>();

  private record Member(
      List<String> done,
      String name,
      long ownBytes,
      long unsentBytes,
      @Nullable Object source,
      long behindSince)
      implements SubscriberMemory.Member {
    @Override
    public void relieve() {
      done.add("relieve " + name);
    }

    @Override
    public void cut() {
      done.add("cut " + name);
    }
  }

  private void look(long newest, Member... members) {
    SubscriberMemory memory = new SubscriberMemory(LIMIT, () -> newest);
    for (Member member : members) {
      memory.add(member);
    }
    memory.look();
  }

  private Member member(String name, long own, long unsent, long behindSince) {
    return new Member(done, name, own, unsent, null, behindSince);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # own and unsent of three, thousands of bytes; b is behind since 5, c since 3
          100,0   | 200,0   | 700,0   |
          100,0   | 200,0   | 701,0   | relieve c
          500,0   | 600,0   | 300,0   | relieve c, relieve b
          900,0   | 600,0   | 600,0   | relieve c, relieve b
          900,0   | 600,900 | 300,200 | relieve c, relieve b, relieve a, cut c
          0,0     | 0,900   | 300,200 | relieve c, relieve b, cut c
          0,900   | 0,900   | 0,900   | relieve c, relieve b, cut c, cut b
          1001,0  | 0,0     | 0,0     | relieve c, relieve b, relieve a
          """)
  void theOneThatIsBehindTheLongestIsFirst(String a, String b, String c, @Nullable String done) {
    look(0, of("a", a, 0), of("b", b, 5), of("c", c, 3));

    assertThat(String.join(", ", this.done)).isEqualTo(done == null ? "" : done);
  }

  private Member of(String name, String thousands, long behindSince) {
    String[] parts = thousands.split(",");
    return member(
        name, Long.parseLong(parts[0]) * 1000, Long.parseLong(parts[1]) * 1000, behindSince);
  }

  private static Snapshot snapshot(int connections) {
    Frame frame = FrameBuilder.frame(1, 1).build();
    List<Connection> all =
        LongStream.range(0, connections).mapToObj(id -> ConnectionBuilder.tcp(id).build()).toList();
    return new Snapshot(frame, all, Losses.NONE);
  }

  /** 3,000 connections take 24 kB, and 1.2 MB once later events have replaced them all. */
  @ParameterizedTest
  @CsvSource({"1, 0", "2001, 0", "3001, 2", "900000, 2"})
  void aSnapshotCountsOnceAndAsItGrowsOld(long newest, int relieved) {
    Snapshot snapshot = snapshot(3_000);

    look(
        newest, new Member(done, "a", 0, 0, snapshot, 1), new Member(done, "b", 0, 0, snapshot, 1));

    assertThat(done).hasSize(relieved);
  }

  @Test
  void whoHasLeftDoesNotCount() {
    Member gone = member("a", 2L * LIMIT, 0, 1);
    SubscriberMemory memory = new SubscriberMemory(LIMIT, () -> 0);
    memory.add(gone);
    memory.remove(gone);
    memory.look();

    assertThat(done).isEmpty();
  }
}
