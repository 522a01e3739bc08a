/** Metrics of the whole machine and of tcptop itself, for Prometheus. */
@NullMarked
package dev.tcptop.metrics;

import org.jspecify.annotations.NullMarked;
