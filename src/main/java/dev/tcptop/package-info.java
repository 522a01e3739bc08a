/** The program: its start and its end. */
@NullMarked
package dev.tcptop;

import org.jspecify.annotations.NullMarked;
