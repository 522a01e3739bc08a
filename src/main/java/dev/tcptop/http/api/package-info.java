/**
 * The answers over HTTP that end: the snapshot, the status, health and the OpenAPI document. Knows
 * the package {@code guard}, never {@code stream}.
 */
@NullMarked
package dev.tcptop.http.api;

import org.jspecify.annotations.NullMarked;
