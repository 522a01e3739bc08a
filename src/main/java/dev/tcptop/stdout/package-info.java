/** The stream of lines on standard output. */
@NullMarked
package dev.tcptop.stdout;

import org.jspecify.annotations.NullMarked;
