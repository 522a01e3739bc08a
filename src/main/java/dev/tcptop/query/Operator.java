package dev.tcptop.query;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How a filter compares a key with a value. */
enum Operator {
  EQUAL("="),
  NOT_EQUAL("!="),
  LESS("<"),
  AT_MOST("<="),
  GREATER(">"),
  AT_LEAST(">="),
  MATCHES("~"),
  IN("in");

  /** Of what is either so or not. */
  static final Set<Operator> EQUALITY = EnumSet.of(EQUAL, NOT_EQUAL);

  /** Of what has a text. */
  static final Set<Operator> TEXTUAL = EnumSet.of(EQUAL, NOT_EQUAL, MATCHES, IN);

  /** Of what is less or more. */
  static final Set<Operator> ORDERED = EnumSet.complementOf(EnumSet.of(MATCHES));

  final String sign;

  Operator(String sign) {
    this.sign = sign;
  }

  /** The operator that is written so; null if there is none. */
  static @Nullable Operator of(String sign) {
    for (Operator operator : values()) {
      if (operator.sign.equalsIgnoreCase(sign)) {
        return operator;
      }
    }
    return null;
  }

  static String signs(Set<Operator> operators) {
    return operators.stream().map(operator -> operator.sign).collect(Collectors.joining(", "));
  }
}
