package dev.tcptop.query;

/**
 * Text that can't be read as a filter, a sort order or a limit. The message is a sentence's rest
 * that follows the name of what was read: {@code takes at column 6 one of =, !=, not '=='}.
 */
public final class BadQueryException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final int column;

  /**
   * @param text the whole that was read
   * @param index in it, where the fault is; at its length: something is missing at the end
   * @param takes what would be right there
   * @param found what is there; empty: nothing
   */
  BadQueryException(String text, int index, String takes, String found) {
    super(
        "takes at column "
            + column(text, index)
            + " "
            + takes
            + (found.isEmpty() ? "; nothing is there" : ", not '" + found + "'"));
    column = column(text, index);
  }

  private static int column(String text, int index) {
    return text.codePointCount(0, index) + 1;
  }

  /** Where the fault is, in characters from 1. */
  public int column() {
    return column;
  }
}
