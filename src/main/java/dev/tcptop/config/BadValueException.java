package dev.tcptop.config;

/**
 * Text that cannot be read as a value of its type. The message continues the name of a setting:
 * {@code takes one of human, raw, both, not 'bits'}.
 */
public final class BadValueException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /**
   * @param takes what the text has to be
   * @param text the text as it was given
   */
  BadValueException(String takes, String text) {
    super("takes " + takes + ", not '" + text + "'");
  }
}
