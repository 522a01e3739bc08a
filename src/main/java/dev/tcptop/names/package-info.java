/**
 * Names for the two ends of a connection: whose process it is, and what its addresses belong to.
 */
@NullMarked
package dev.tcptop.names;

import org.jspecify.annotations.NullMarked;
