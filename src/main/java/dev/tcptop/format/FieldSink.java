package dev.tcptop.format;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A writer of a connection's fields. It is given each key of the interface once, in the order of
 * the interface, by the method of the field's type.
 */
public interface FieldSink {
  /**
   * A text.
   *
   * @param value null where the field does not apply
   */
  void text(String key, @Nullable String value) throws IOException;

  /** A whole number. */
  void number(String key, long value) throws IOException;

  /** A number that does not apply. */
  void noNumber(String key) throws IOException;

  void truth(String key, boolean value) throws IOException;
}
