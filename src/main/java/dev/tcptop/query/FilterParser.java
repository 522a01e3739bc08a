package dev.tcptop.query;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.tcptop.model.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Reads a filter by descent:
 *
 * <pre>
 * any        = all { "or" all }
 * all        = one { "and" one }
 * one        = "not" one | "(" any ")" | comparison
 * comparison = key operator value | key "in" ( value | "(" value { "," value } ")" )
 * </pre>
 *
 * A key that is null equals {@code null} alone, and no other comparison finds it. {@code !=} is
 * what {@code =} is not: so it does find a null, and of {@code address} and {@code port} it means
 * neither end.
 */
final class FilterParser {
  private static final int LONGEST = 2048;
  private static final int DEEPEST = 32;
  private static final int MOST_VALUES = 256;

  /** Of a regular expression with its repeats written out: RE2/J has no bound for nested ones. */
  private static final int LONGEST_EXPRESSION = 512;

  /** What sets {@code i}. */
  private static final java.util.regex.Pattern ANY_CASE =
      java.util.regex.Pattern.compile("\\(\\?[a-zA-Z]*i");

  /** What may write a character that is none of ASCII. */
  private static final java.util.regex.Pattern BEYOND_ASCII =
      java.util.regex.Pattern.compile("[^\\x00-\\x7f]|\\\\[x0-7]");

  private static final java.util.regex.Pattern REPEAT =
      java.util.regex.Pattern.compile("\\{([0-9]*),?([0-9]*)\\}");

  private final String text;
  private final List<Token> tokens;
  private int next;
  private int depth;

  private FilterParser(String text) {
    this.text = text;
    if (text.length() > LONGEST) {
      throw new BadQueryException(
          text, LONGEST, "its end, as a filter has " + LONGEST + " characters at most", "more");
    }
    tokens = Token.all(text);
  }

  static Predicate<Connection> parse(String text) {
    FilterParser parser = new FilterParser(text);
    Predicate<Connection> all = parser.any();
    if (parser.peek().kind() != Token.Kind.END) {
      throw parser.bad(parser.peek(), "and, or, or the end");
    }
    return all;
  }

  private Predicate<Connection> any() {
    Predicate<Connection> any = all();
    while (peek().isWord("or")) {
      take();
      any = any.or(all());
    }
    return any;
  }

  private Predicate<Connection> all() {
    Predicate<Connection> all = one();
    while (peek().isWord("and")) {
      take();
      all = all.and(one());
    }
    return all;
  }

  private Predicate<Connection> one() {
    Token first = peek();
    if (!first.isWord("not") && !first.isSign("(")) {
      return comparison();
    }
    if (++depth > DEEPEST) {
      throw bad(first, "no more than " + DEEPEST + " of ( and not within each other");
    }
    take();
    Predicate<Connection> one;
    if (first.isSign("(")) {
      one = any();
      expect(")", "and, or, or )");
    } else {
      one = one().negate();
    }
    depth--;
    return one;
  }

  private Predicate<Connection> comparison() {
    Token name = take();
    Key key = name.kind() == Token.Kind.WORD ? Key.of(name.text()) : null;
    if (key == null) {
      throw bad(name, "not, ( or one of the keys " + Key.names(any -> true));
    }
    Token sign = take();
    Operator operator = sign.kind() == Token.Kind.QUOTED ? null : Operator.of(sign.text());
    if (operator == null || !key.kind().operators().contains(operator)) {
      throw bad(sign, "one of " + Operator.signs(key.kind().operators()) + " after " + key.name());
    }
    if (peek().isWord("null")) {
      return compareWithNull(key, operator, take());
    }
    return switch (operator) {
      case IN -> Comparison.isIn(key, list(key));
      case MATCHES -> Comparison.matches(key, expression(key, value(key)));
      case EQUAL -> Comparison.isIn(key, List.of(single(key)));
      case NOT_EQUAL -> Comparison.isIn(key, List.of(single(key))).negate();
      default -> Comparison.isInOrder(key, operator, read(key, value(key)));
    };
  }

  private Predicate<Connection> compareWithNull(Key key, Operator operator, Token value) {
    Predicate<Connection> isNull = Comparison.isNull(key);
    return switch (operator) {
      case EQUAL -> isNull;
      case NOT_EQUAL -> isNull.negate();
      default -> throw bad(value, "a value, since null goes with = and != alone");
    };
  }

  /** What may follow {@code in}: a value, or a list of values. */
  private List<Object> list(Key key) {
    if (!peek().isSign("(")) {
      return List.of(read(key, value(key)));
    }
    take();
    List<Object> read = new ArrayList<>();
    do {
      Token value = value(key);
      if (read.size() == MOST_VALUES) {
        throw bad(value, "no more than " + MOST_VALUES + " values in a list");
      }
      read.add(read(key, value));
    } while (takeIf(","));
    expect(")", ", or )");
    return read;
  }

  /** What may follow {@code =}: a value, and of addresses no network. */
  private Object single(Key key) {
    Token value = value(key);
    Object read = read(key, value);
    if (read instanceof Network && value.text().indexOf('/') >= 0) {
      throw bad(value, "an address, since a network goes with in alone");
    }
    return read;
  }

  private Pattern expression(Key key, Token value) {
    if (writtenOut(value.text()) > LONGEST_EXPRESSION) {
      throw bad(
          value,
          "a regular expression that has, with its repeats written out, "
              + LONGEST_EXPRESSION
              + " characters at most");
    }
    // As = does: only texts have a case.
    int flags = key.kind().equals(Kind.TEXT) ? 0 : Pattern.CASE_INSENSITIVE;
    // RE2/J 1.8 does not return from letters that Java knows and its tables do not, as U+1C80.
    if ((flags != 0 || ANY_CASE.matcher(value.text()).find())
        && BEYOND_ASCII.matcher(value.text()).find()) {
      throw bad(
          value, "a regular expression of ASCII, without \\x and octal, where no case is minded");
    }
    try {
      return Pattern.compile(value.text(), flags);
    } catch (PatternSyntaxException e) {
      throw bad(value, "a regular expression of RE2 (" + e.getDescription() + ")");
    }
  }

  /** An upper bound of an expression's length, as if its repeats were all within each other. */
  private static double writtenOut(String expression) {
    return REPEAT
        .matcher(expression)
        .results()
        .mapToDouble(repeat -> Math.max(count(repeat.group(1)), count(repeat.group(2))))
        .reduce(expression.length(), (length, count) -> length * count);
  }

  private static double count(String digits) {
    return digits.isEmpty() ? 1 : Math.max(1, Double.parseDouble(digits));
  }

  private Object read(Key key, Token value) {
    Object read = key.kind().reader().apply(value.text());
    if (read == null) {
      throw bad(value, key.kind().takes() + " for " + key.name());
    }
    return read;
  }

  private Token value(Key key) {
    Token value = take();
    if (!value.isValue()) {
      throw bad(
          value,
          key.kind().takes() + " for " + key.name() + ", in quotes if it has more than a word");
    }
    return value;
  }

  private void expect(String sign, String takes) {
    if (!takeIf(sign)) {
      throw bad(peek(), takes);
    }
  }

  private boolean takeIf(String sign) {
    boolean is = peek().isSign(sign);
    if (is) {
      take();
    }
    return is;
  }

  private Token peek() {
    return tokens.get(next);
  }

  /** The next piece; the end stays. */
  private Token take() {
    Token token = peek();
    next = Math.min(next + 1, tokens.size() - 1);
    return token;
  }

  private BadQueryException bad(Token token, String takes) {
    return new BadQueryException(text, token.index(), takes, token.text());
  }
}
