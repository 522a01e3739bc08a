/** The settings of tcptop, and how their text is read. */
@NullMarked
package dev.tcptop.config;

import org.jspecify.annotations.NullMarked;
