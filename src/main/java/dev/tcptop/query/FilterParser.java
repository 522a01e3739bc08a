package dev.tcptop.query;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.tcptop.model.Address;
import dev.tcptop.model.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

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
      case IN -> finds(key, within(key));
      case MATCHES -> finds(key, matches(key, value(key)));
      case EQUAL -> finds(key, equal(key, value(key), false));
      case NOT_EQUAL -> finds(key, equal(key, value(key), false)).negate();
      default -> finds(key, inOrder(operator, read(key, value(key))));
    };
  }

  private Predicate<Connection> compareWithNull(Key key, Operator operator, Token value) {
    Predicate<Connection> isNull = c -> key.values().get(0).apply(c) == null;
    return switch (operator) {
      case EQUAL -> isNull;
      case NOT_EQUAL -> isNull.negate();
      default -> throw bad(value, "a value, since null goes with = and != alone");
    };
  }

  private static Predicate<Connection> finds(Key key, Predicate<Comparable<?>> wanted) {
    Function<Connection, @Nullable Comparable<?>> first = key.values().get(0);
    Predicate<Connection> finds = connection -> finds(first.apply(connection), wanted);
    if (key.isSingle()) {
      return finds;
    }
    Function<Connection, @Nullable Comparable<?>> second = key.values().get(1);
    return finds.or(connection -> finds(second.apply(connection), wanted));
  }

  private static boolean finds(@Nullable Comparable<?> value, Predicate<Comparable<?>> wanted) {
    return value != null && wanted.test(value);
  }

  private Predicate<Comparable<?>> within(Key key) {
    if (!peek().isSign("(")) {
      return equal(key, value(key), true);
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
    return key.kind().equals(Kind.ADDRESS)
        ? inAny(read.toArray(Network[]::new))
        : of -> read.contains(of);
  }

  private static Predicate<Comparable<?>> inAny(Network... networks) {
    return of -> {
      Address address = (Address) of;
      for (Network network : networks) {
        if (network.contains(address)) {
          return true;
        }
      }
      return false;
    };
  }

  private Predicate<Comparable<?>> equal(Key key, Token value, boolean networks) {
    Object read = read(key, value);
    if (!networks && read instanceof Network && value.text().indexOf('/') >= 0) {
      throw bad(value, "an address, since a network goes with in alone");
    }
    return of -> Kind.equal(of, read);
  }

  private Predicate<Comparable<?>> matches(Key key, Token value) {
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
      Pattern pattern = Pattern.compile(value.text(), flags);
      return of -> pattern.matcher(of.toString()).find();
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

  private static Predicate<Comparable<?>> inOrder(Operator operator, Object bound) {
    return value -> {
      int order = compare(value, bound);
      return switch (operator) {
        case LESS -> order < 0;
        case AT_MOST -> order <= 0;
        case GREATER -> order > 0;
        default -> order >= 0;
      };
    };
  }

  @SuppressWarnings("unchecked") // a kind reads what its keys hold
  private static int compare(Comparable<?> value, Object bound) {
    return ((Comparable<Object>) value).compareTo(bound);
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
