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
  private List<Frame.ShortLived> shortLived = List.of();
  private List<Connection> opened = List.of();
  private List<Connection> updated = List.of();
  private List<Connection> quieted = List.of();
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

  public FrameBuilder shortLived(Frame.ShortLived... connections) {
    this.shortLived = List.of(connections);
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

  public FrameBuilder quieted(Connection... connections) {
    this.quieted = List.of(connections);
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
    Frame.Builder changes = new Frame.Builder();
    shortLived.forEach(changes::shortLived);
    opened.forEach(changes::opened);
    updated.forEach(changes::updated);
    quieted.forEach(changes::quieted);
    closed.forEach(changes::closed);
    return changes.build(
        number, sequence, Instant.parse("2025-03-04T05:06:07Z").plusSeconds(number), total, lost);
  }
}
