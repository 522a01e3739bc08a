package dev.tcptop.table;

import dev.tcptop.model.Connection;
import dev.tcptop.model.Losses;
import java.time.Instant;
import java.util.List;

/** A frame that a test describes: empty unless told. Each setter changes it and returns it. */
public final class FrameBuilder {
  private final long number;
  private final long sequence;
  private int total;
  private List<Frame.Brief> brief = List.of();
  private List<Connection> opened = List.of();
  private List<Connection> updated = List.of();
  private List<Connection> settled = List.of();
  private List<Connection> closed = List.of();
  private Losses lost = Losses.NONE;

  private FrameBuilder(long number, long sequence) {
    this.number = number;
    this.sequence = sequence;
  }

  public static FrameBuilder frame(long number, long sequence) {
    return new FrameBuilder(number, sequence);
  }

  /** The frame that comes after another: its numbers follow. */
  public static FrameBuilder after(Frame frame) {
    return new FrameBuilder(frame.number() + 1, frame.lastSequence() + 1);
  }

  public FrameBuilder total(int total) {
    this.total = total;
    return this;
  }

  public FrameBuilder brief(Frame.Brief... connections) {
    this.brief = List.of(connections);
    return this;
  }

  public FrameBuilder opened(Connection... connections) {
    this.opened = List.of(connections);
    return this;
  }

  public FrameBuilder updated(Connection... connections) {
    this.updated = List.of(connections);
    return this;
  }

  public FrameBuilder settled(Connection... connections) {
    this.settled = List.of(connections);
    return this;
  }

  public FrameBuilder closed(Connection... connections) {
    this.closed = List.of(connections);
    return this;
  }

  public FrameBuilder lost(Losses lost) {
    this.lost = lost;
    return this;
  }

  /** With the time 05:06:07 and as many seconds as the frame's number. */
  public Frame build() {
    return new Frame(
        number,
        sequence,
        Instant.parse("2025-03-04T05:06:07Z").plusSeconds(number),
        total,
        brief,
        opened,
        updated,
        settled,
        closed,
        lost);
  }
}
