/** What a user can set. */
@NullMarked
package dev.tcptop.config;

import org.jspecify.annotations.NullMarked;
