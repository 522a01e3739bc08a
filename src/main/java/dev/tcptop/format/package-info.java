/** The forms that a connection is written in: JSON and lines, from one list of its fields. */
@NullMarked
package dev.tcptop.format;

import org.jspecify.annotations.NullMarked;
