/** The interface to the platform: what a collector of connections reports, and how it fails. */
@NullMarked
package dev.tcptop.collect;

import org.jspecify.annotations.NullMarked;
