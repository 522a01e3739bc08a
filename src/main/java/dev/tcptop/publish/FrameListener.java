package dev.tcptop.publish;

import dev.tcptop.table.Frame;

/**
 * Someone who is given the table and then every change to it, in order and without a gap. Called on
 * the table's thread: an implementation hands the work on and returns at once.
 */
public interface FrameListener {
  /** Called once, first. Before the first tick there is nothing. */
  void begin(Snapshot present);

  void next(Frame frame);

  /** Nothing more will come: the program ends. */
  default void end() {}
}
