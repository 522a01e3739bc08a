package dev.tcptop.http.guard;

import dev.tcptop.query.BadQueryException;

/**
 * A query parameter that cannot be taken. The message names the parameter and says what is wrong
 * and what the parameter takes.
 */
public final class BadParameterException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final String parameter;
  private final int column;

  BadParameterException(String parameter, String message) {
    super(message);
    this.parameter = parameter;
    column = 0;
  }

  BadParameterException(String parameter, BadQueryException cause) {
    super(parameter + " " + cause.getMessage(), cause);
    this.parameter = parameter;
    column = cause.column();
  }

  String parameter() {
    return parameter;
  }

  /** The place of the fault in the value, in characters from 1; 0: the whole value is at fault. */
  int column() {
    return column;
  }
}
