/** The command line: its options, its commands, and the exit statuses. */
@NullMarked
package dev.tcptop.cli;

import org.jspecify.annotations.NullMarked;
