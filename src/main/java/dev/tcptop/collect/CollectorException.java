package dev.tcptop.collect;

/**
 * The platform refused or failed. The message is one line: what was tried, what came of it, what to
 * do.
 */
public final class CollectorException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String operation;
  private final int errno;
  private final String log;

  /**
   * @param operation what was tried, as in "load the kernel program"
   * @param errno the system's number, positive
   * @param hint what to do about it
   * @param log the platform's own messages, any number of lines
   */
  public CollectorException(String operation, int errno, String hint, String log) {
    super(
        "cannot " + operation + ": " + Errno.describe(errno) + (hint.isEmpty() ? "" : ": " + hint));
    this.operation = operation;
    this.errno = errno;
    this.log = log;
  }

  public String operation() {
    return operation;
  }

  public int errno() {
    return errno;
  }

  public String log() {
    return log;
  }
}
