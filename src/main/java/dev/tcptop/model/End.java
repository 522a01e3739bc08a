package dev.tcptop.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The end of a connection.
 *
 * @param reason null: UDP, or an end that was not observed
 * @param at the time of the end
 */
public record End(@Nullable CloseReason reason, Instant at) {}
