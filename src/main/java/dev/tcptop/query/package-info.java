/** What a user asks of the connections: which of them, in what order. */
@NullMarked
package dev.tcptop.query;

import org.jspecify.annotations.NullMarked;
