/** The snapshot, the event stream, the status and the health of tcptop over HTTP. */
@NullMarked
package dev.tcptop.http;

import org.jspecify.annotations.NullMarked;
