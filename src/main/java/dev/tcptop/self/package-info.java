/** What tcptop knows of itself: its version, the machine's name, and what it costs. */
@NullMarked
package dev.tcptop.self;

import org.jspecify.annotations.NullMarked;
