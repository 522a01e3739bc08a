/**
 * What a request has to be, whatever it asks for, and how one is refused. The first of the three
 * packages of HTTP: {@code api} and {@code stream} know it, it knows neither.
 */
@NullMarked
package dev.tcptop.http.guard;

import org.jspecify.annotations.NullMarked;
