package dev.tcptop.publish;

import dev.tcptop.model.Connection;
import dev.tcptop.model.Losses;
import dev.tcptop.table.Frame;
import java.util.List;

/**
 * All connections as one frame left them. Immutable, and the same for every client that asks before
 * the next frame.
 *
 * @param frame the frame
 * @param connections in no order
 * @param lost since tcptop's start, so that any number of clients can compare two snapshots
 */
public record Snapshot(Frame frame, List<Connection> connections, Losses lost) {}
