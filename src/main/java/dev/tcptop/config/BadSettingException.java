package dev.tcptop.config;

/**
 * A setting with a value that it does not take, or a file of settings that is refused. The message
 * is one line that names the option or the file and says what it takes.
 */
public final class BadSettingException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /**
   * @param message names what is refused and says what it takes
   */
  public BadSettingException(String message) {
    super(message);
  }

  /**
   * @param option as on the command line, without the dashes
   * @param takes what the option takes
   * @param value the value as it was given
   */
  public BadSettingException(String option, String takes, String value) {
    this(option, new BadValueException(takes, value));
  }

  /**
   * @param option as on the command line, without the dashes
   * @param cause its message continues the option's name
   */
  public BadSettingException(String option, IllegalArgumentException cause) {
    super("--" + option + " " + cause.getMessage(), cause);
  }
}
