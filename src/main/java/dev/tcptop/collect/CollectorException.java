package dev.tcptop.collect;

/**
 * The platform refused or failed an operation. The message is one line: the operation, the error,
 * and what to do about it.
 */
public final class CollectorException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String operation;
  private final int errno;
  private final String log;

  /**
   * @param operation the operation, as in "load the kernel program"
   * @param errno the error number of the system, positive
   * @param hint what to do about the error; empty: nothing is known
   * @param log the messages of the platform itself, any number of lines
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
