package dev.tcptop.http.stream;

import io.vertx.core.buffer.Buffer;
import java.util.Iterator;

/**
 * The events that one subscriber is owed next, encoded a piece at a time as it takes them. A piece
 * may be empty: its turn was over before an event was found. Not thread-safe.
 */
interface Pieces extends Iterator<Buffer> {
  /**
   * Whether {@link #next} returns at once. Otherwise it evaluates or encodes, which is no work for
   * an event loop.
   */
  boolean isReady();

  /** The frame or the snapshot that is kept in memory for it, and for others perhaps. */
  Object source();
}
