package dev.tcptop.publish;

import dev.tcptop.model.Connection;
import dev.tcptop.model.Losses;
import dev.tcptop.table.Frame;
import java.util.List;

/**
 * All connections as one frame left them. Immutable.
 *
 * @param frame the frame
 * @param connections in no order
 * @param lost since the snapshot before this one
 */
public record Snapshot(Frame frame, List<Connection> connections, Losses lost) {}
