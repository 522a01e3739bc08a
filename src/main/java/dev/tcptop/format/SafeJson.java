package dev.tcptop.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import org.jspecify.annotations.Nullable;

/**
 * JSON of printable ASCII: all other characters are escaped. A process names itself, and a client
 * such as {@code curl} prints the name to a terminal: control characters, those of C1 too, would
 * steer it, and those of bidirectional text would change the order of what is read.
 */
public final class SafeJson {
  private static final int DELETE = 0x7f;

  private SafeJson() {}

  /** Makes generators that escape. */
  public static JsonFactoryBuilder builder() {
    return ((JsonFactoryBuilder) JsonFactory.builder())
        .highestNonEscapedChar(DELETE)
        .characterEscapes(new Escapes());
  }

  /** Of ASCII also the last character, which Jackson does not escape. */
  private static final class Escapes extends CharacterEscapes {
    private static final long serialVersionUID = 1;

    private final int[] ascii = standardAsciiEscapesForJSON();

    Escapes() {
      ascii[DELETE] = ESCAPE_STANDARD;
    }

    @Override
    public int[] getEscapeCodesForAscii() {
      return ascii;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int character) {
      return null; // none has a sequence of its own
    }
  }
}
