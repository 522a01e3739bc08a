package dev.tcptop.http.guard;

import dev.tcptop.query.BadQueryException;
import dev.tcptop.query.Filter;
import dev.tcptop.query.Query;
import dev.tcptop.query.Sort;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the parameters of a request. No parameter is ignored in silence: a misspelt filter must not
 * show everything.
 */
public final class QueryParameters {
  /** A request has at most this many parameters: each is known, and given once. */
  private static final int MOST = 16;

  private QueryParameters() {}

  /**
   * What the parameters ask for.
   *
   * @param query the part of the URI after the question mark, encoded; null: there is none
   * @param known the parameters that the request takes
   * @throws BadParameterException if a parameter is not known, is given twice, or has a value that
   *     it does not take
   */
  public static Query read(@Nullable String query, Set<String> known) {
    Map<String, String> given = query == null ? Map.of() : decode(query, known);
    return new Query(
        read(given, "filter", Filter::parse, Filter.ALL),
        read(given, "sort", Sort::parse, Sort.BY_ID),
        limit(given.get("limit")));
  }

  private static Map<String, String> decode(String query, Set<String> known) {
    Map<String, List<String>> decoded;
    try {
      decoded =
          new QueryStringDecoder(query, StandardCharsets.UTF_8, false, MOST, true).parameters();
    } catch (IllegalArgumentException e) {
      throw new BadParameterException(
          query, "the query takes percent-encoded UTF-8: " + e.getMessage());
    }
    Map<String, String> given = new HashMap<>();
    decoded.forEach(
        (parameter, values) -> {
          if (!known.contains(parameter)) {
            throw new BadParameterException(
                parameter,
                "this takes the parameters "
                    + String.join(", ", new TreeSet<>(known))
                    + ", not '"
                    + parameter
                    + "'");
          }
          if (values.size() > 1) {
            throw new BadParameterException(
                parameter, parameter + " is given " + values.size() + " times, it takes one value");
          }
          given.put(parameter, values.get(0));
        });
    return given;
  }

  private static <T> T read(
      Map<String, String> given, String parameter, Function<String, T> reader, T otherwise) {
    String value = given.get(parameter);
    try {
      return value == null ? otherwise : reader.apply(value);
    } catch (BadQueryException e) {
      throw new BadParameterException(parameter, e);
    }
  }

  private static long limit(@Nullable String text) {
    if (text == null) {
      return Long.MAX_VALUE;
    }
    if (!text.matches("[0-9]{1,18}")) {
      throw new BadParameterException(
          "limit", "limit takes a whole number from 0, not '" + text + "'");
    }
    return Long.parseLong(text);
  }
}
