/** What tcptop counts of the whole machine and of itself, for Prometheus. */
@NullMarked
package dev.tcptop.metrics;

import org.jspecify.annotations.NullMarked;
