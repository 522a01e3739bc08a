package dev.tcptop.http.stream;

import static dev.tcptop.model.ConnectionBuilder.udp;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.http.stream.Position.Step;
import dev.tcptop.model.Connection;
import dev.tcptop.publish.Replay;
import dev.tcptop.table.Frame;
import dev.tcptop.table.FrameBuilder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A subscriber in a few words. Its replay keeps the last two closes, and frames of the last eight
 * events. The words:
 *
 * <ul>
 *   <li>{@code frame}, {@code frame+2}: one more tick, with so many closes, is published, and is
 *       queued if that is right and the socket is not full; its pieces are written as f5.1 and
 *       f5.2, where 5 is its last event
 *   <li>{@code full}, {@code room}: the socket is full from now on, or has room again
 *   <li>{@code new}, {@code back3}: all connections are queued, for a new client or for one that
 *       has seen event 3; written as p5.1 and p5.2
 *   <li>{@code write}: a piece is written
 *   <li>{@code giveup}: what is pending is given up
 *   <li>{@code catchup}: what was missed is queued, merged, and written as m5.1 and m5.2; or the
 *       subscriber begins anew after the last event that it was given, as with {@code back}
 * </ul>
 */
class PositionTest {
  private final Replay replay = new Replay(2, 8);
  private final List<String> written = new ArrayList<>();
  private Frame last = Frame.NONE;
  private boolean full;

  private static Iterable<String> piecesOf(String kind, Frame frame) {
    String name = kind + frame.lastSequence();
    return List.of(name + ".1", name + ".2");
  }

  private void act(Position<Iterator<String>> position, String word) {
    if (word.startsWith("frame")) {
      publish(position, word.length() > 5 ? Integer.parseInt(word.substring(6)) : 0);
    } else if (word.startsWith("back")) {
      begin(position, Long.parseLong(word.substring(4)));
    } else {
      switch (word) {
        case "new" -> begin(position, -1);
        case "full" -> full = true;
        case "room" -> full = false;
        case "write" -> {
          assertThat(position.step()).isEqualTo(Step.WRITE);
          written.add(Objects.requireNonNull(position.pending()).next());
        }
        case "giveup" -> position.giveUp();
        case "catchup" -> catchUp(position);
        default -> throw new IllegalArgumentException(word);
      }
    }
  }

  private void publish(Position<Iterator<String>> position, int closes) {
    Connection[] closed =
        LongStream.range(0, closes)
            .mapToObj(id -> udp(id).closed(null).build())
            .toArray(Connection[]::new);
    FrameBuilder next = last == Frame.NONE ? FrameBuilder.frame(1, 1) : FrameBuilder.after(last);
    last = next.closed(closed).build();
    replay.add(last);
    if (position.isNext(last) && !full) {
      position.queue(piecesOf("f", last).iterator(), last);
    }
  }

  private void begin(Position<Iterator<String>> position, long seen) {
    position.begin(piecesOf("p", last).iterator(), seen, last.lastSequence());
  }

  private void catchUp(Position<Iterator<String>> position) {
    assertThat(position.step()).isEqualTo(Step.CATCH_UP);
    Frame missed = position.beginsAnew() ? null : replay.since(position.queuedTo());
    if (missed == null) {
      begin(position, position.queuedTo());
    } else {
      position.queue(piecesOf("m", missed).iterator(), missed);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # it reads all
          new                                               |                     | WRITE    | 0
          new write write                                   | p0.1 p0.2           | WAIT     | 0
          frame frame new write write                       | p2.1 p2.2           | WAIT     | 2
          new write write frame                             | p0.1 p0.2           | WRITE    | 1
          new write write frame+1 write write               | p0.1 p0.2 f2.1 f2.2 | WAIT     | 2
          # a frame comes while pieces are pending: what is pending goes first, then what was missed
          new write frame                                   | p0.1                | WRITE    | 0
          new write frame write                             | p0.1 p0.2           | CATCH_UP | 0
          new write frame write catchup write               | p0.1 p0.2 m1.1      | WRITE    | 1
          new write frame frame frame write catchup         | p0.1 p0.2           | WRITE    | 3
          # the socket is full
          new write write full frame                        | p0.1 p0.2           | CATCH_UP | 0
          new write write full frame frame room catchup     | p0.1 p0.2           | WRITE    | 2
          new write write full frame room frame             | p0.1 p0.2           | CATCH_UP | 0
          new write write full frame room catchup write write frame write | p0.1 p0.2 m1.1 m1.2 f2.1 | WRITE | 2
          # the replay has forgotten a close after what is written: the rest of a frame is given up
          new write write frame write frame+2               | p0.1 p0.2 f1.1      | WRITE    | 1
          new write write frame write frame+3               | p0.1 p0.2 f1.1      | CATCH_UP | 0
          new write write frame write frame+3 catchup       | p0.1 p0.2 f1.1      | WRITE    | 5
          new write write frame write frame+3 catchup write | p0.1 p0.2 f1.1 m5.1 | WRITE    | 5
          new write write frame write write frame write frame+3 | p0.1 p0.2 f1.1 f1.2 f2.1 | CATCH_UP | 1
          # the replay has forgotten frames too: it begins anew
          new write write frame write frame+9 catchup write | p0.1 p0.2 f1.1 p11.1 | WRITE   | 11
          new write write full frame+9 room catchup write   | p0.1 p0.2 p10.1     | WRITE    | 10
          # what is pending is given up: it begins anew after what is written
          new write write frame write giveup frame          | p0.1 p0.2 f1.1      | CATCH_UP | 0
          new write write frame write giveup frame catchup write | p0.1 p0.2 f1.1 p2.1 | WRITE | 2
          new write write giveup frame catchup write        | p0.1 p0.2 p1.1      | WRITE    | 1
          # a client that comes back has events pending from the one that it has seen
          frame frame+1 frame back1 write                   | p4.1                | WRITE    | 4
          frame frame+1 frame back1 write frame+2           | p4.1                | CATCH_UP | 1
          frame frame+1 frame back3 write frame+2           | p4.1                | WRITE    | 4
          # of another run, or forgotten already: nothing is pending but what is there now
          frame+3 frame back99 write frame+2                | p5.1                | WRITE    | 5
          frame+3 frame back0 write frame+2                 | p5.1                | WRITE    | 5
          frame+3 frame new write frame+2                   | p5.1                | WRITE    | 5
          """)
  void aSubscriberWithoutAFilter(String words, String pieces, Step step, long queuedTo) {
    assertPosition(new Position<>(replay, false), words, pieces, step, queuedTo);
  }

  /** A selection counts what was queued as shown: where that is given up, it can't go on. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          new write write full frame frame room catchup     | p0.1 p0.2           | WRITE    | 2
          new write write full frame frame room catchup write | p0.1 p0.2 m2.1    | WRITE    | 2
          new write write frame write frame+3               | p0.1 p0.2 f1.1      | CATCH_UP | 0
          new write write frame write frame+3 catchup write | p0.1 p0.2 f1.1 p5.1 | WRITE    | 5
          # having begun anew it can
          new write write frame write frame+3 catchup write frame write catchup write | p0.1 p0.2 f1.1 p5.1 p5.2 m6.1 | WRITE | 6
          """)
  void aSubscriberWithAFilter(String words, String pieces, Step step, long queuedTo) {
    assertPosition(new Position<>(replay, true), words, pieces, step, queuedTo);
  }

  private void assertPosition(
      Position<Iterator<String>> position, String words, String pieces, Step step, long queuedTo) {
    for (String word : words.split(" ", -1)) {
      act(position, word);
    }
    assertThat(String.join(" ", written)).isEqualTo(pieces == null ? "" : pieces);
    assertThat(position.step()).isEqualTo(step);
    assertThat(position.queuedTo()).isEqualTo(queuedTo);
  }
}
