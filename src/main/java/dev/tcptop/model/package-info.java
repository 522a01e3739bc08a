/** What tcptop tells of a connection: plain values, no behaviour of any stage. */
@NullMarked
package dev.tcptop.model;

import org.jspecify.annotations.NullMarked;
