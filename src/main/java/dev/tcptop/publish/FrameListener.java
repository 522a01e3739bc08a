package dev.tcptop.publish;

import dev.tcptop.table.Frame;

/**
 * A reader that is given the table and then every change to it, in order and without a gap. Called
 * on the table's thread: an implementation hands the work on and returns at once.
 */
public interface FrameListener {
  /** The connections that exist; called once, first. Before the first tick there are none. */
  void begin(Snapshot present);

  /** The next frame. */
  void next(Frame frame);

  /** No frame will come any more: the program ends, or the listener could not be subscribed. */
  default void end() {}
}
