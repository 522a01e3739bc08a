/** The table of connections, and what leaves it: a frame a tick. */
@NullMarked
package dev.tcptop.table;

import org.jspecify.annotations.NullMarked;
