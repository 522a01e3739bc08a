/** The tick, and the way of its frames to those who asked for them. */
@NullMarked
package dev.tcptop.publish;

import org.jspecify.annotations.NullMarked;
