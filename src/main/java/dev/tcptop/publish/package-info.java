/** The tick, and the publication of its frames and of answers about the table. */
@NullMarked
package dev.tcptop.publish;

import org.jspecify.annotations.NullMarked;
