/** The event stream over HTTP. Knows the package {@code guard}, never {@code api}. */
@NullMarked
package dev.tcptop.http.stream;

import org.jspecify.annotations.NullMarked;
