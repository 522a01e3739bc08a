package dev.tcptop.query;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A piece of a filter's text.
 *
 * @param index where it begins
 * @param text without quotes; empty at the end
 */
record Token(Kind kind, int index, String text) {

  enum Kind {
    WORD,
    /** In quotes: nothing but a value. */
    QUOTED,
    SIGN,
    END
  }

  private static final Pattern SPACE = Pattern.compile("\\s*");
  private static final Pattern PIECE =
      Pattern.compile(
          "(?<sign>!=|<=|>=|[=<>~(),])|\"(?<double>[^\"]*)\"|'(?<single>[^']*)'"
              + "|(?<word>[^\\s()=!<>~,\"']+)");

  /** Cuts a filter into its pieces. The last one is the end. */
  static List<Token> all(String text) {
    List<Token> tokens = new ArrayList<>();
    Matcher piece = PIECE.matcher(text);
    int index = skipSpace(text, 0);
    while (index < text.length()) {
      if (!piece.region(index, text.length()).lookingAt()) {
        String found = text.substring(index, text.offsetByCodePoints(index, 1));
        String takes = found.equals("!") ? "the operator !=" : "a quote that is closed";
        throw new BadQueryException(text, index, takes, found);
      }
      tokens.add(token(piece, index));
      index = skipSpace(text, piece.end());
    }
    tokens.add(new Token(Kind.END, text.length(), ""));
    return tokens;
  }

  private static Token token(Matcher piece, int index) {
    if (piece.group("sign") != null) {
      return new Token(Kind.SIGN, index, piece.group("sign"));
    }
    if (piece.group("word") != null) {
      return new Token(Kind.WORD, index, piece.group("word"));
    }
    String quoted = piece.group("double") != null ? piece.group("double") : piece.group("single");
    return new Token(Kind.QUOTED, index, quoted);
  }

  private static int skipSpace(String text, int index) {
    Matcher space = SPACE.matcher(text).region(index, text.length());
    return space.lookingAt() ? space.end() : index;
  }

  boolean isSign(String sign) {
    return kind == Kind.SIGN && text.equals(sign);
  }

  /** Whether it is this word, in any case. */
  boolean isWord(String word) {
    return kind == Kind.WORD && text.equalsIgnoreCase(word);
  }

  boolean isValue() {
    return kind == Kind.WORD || kind == Kind.QUOTED;
  }
}
