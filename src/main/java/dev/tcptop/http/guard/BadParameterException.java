package dev.tcptop.http.guard;

import dev.tcptop.query.BadQueryException;

/** A query parameter that can't be taken. The message names it, what was wrong, what it takes. */
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

  /** Where in its value, in characters from 1; 0: it is about the whole. */
  int column() {
    return column;
  }
}
