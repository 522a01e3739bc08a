package dev.tcptop.config;

import java.io.IOException;

/**
 * A file that others can have written, replaced or read, or that is no file of its kind. The
 * message says what the file has to be, and continues the name of the file or the setting: {@code a
 * regular file}.
 */
public final class UnsafeFileException extends IOException {
  private static final long serialVersionUID = 1;

  UnsafeFileException(String takes) {
    super(takes);
  }
}
