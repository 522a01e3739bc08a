package dev.tcptop.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A filter that can't be read is refused with the place, what is right there, and what is there.
 */
class BadFilterTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``                          | 1  | one of the keys id, protocol,      | nothing is there
          `   `                       | 4  | one of the keys                    | nothing is there
          prot = tcp                  | 1  | one of the keys                    | not 'prot'
          PORT = 1                    | 1  | one of the keys                    | not 'PORT'
          "port" = 1                  | 1  | one of the keys                    | not 'port'
          port                        | 5  | =, !=, <, <=, >, >=, in after port | nothing is there
          port == 1                   | 7  | a whole number                     | not '='
          port ! 1                    | 6  | the operator !=                    | not '!'
          port ~ 4                    | 6  | one of =, !=                       | not '~'
          port "=" 4                  | 6  | one of =, !=                       | not '='
          state < 4                   | 7  | one of =, !=, ~, in after state    | not '<'
          partial in (true)           | 9  | one of =, != after partial         | not 'in'
          since ~ 2                   | 7  | one of =                           | not '~'
          port =                      | 7  | a whole number                     | nothing is there
          port = (                    | 8  | a whole number                     | not '('
          port = http                 | 8  | a whole number such as             | not 'http'
          port = -1                   | 8  | a whole number                     | not '-1'
          port = 1.5                  | 8  | a whole number                     | not '1.5'
          port = ٣                    | 8  | a whole number                     | not '٣'
          bytesIn = 9223372036854775808 | 11 | a whole number                   | not '9223372036854775808'
          bytesIn = 9000000000GiB     | 11 | a whole number                     | not '9000000000GiB'
          bytesIn = 1kib              | 11 | a whole number                     | not '1kib'
          state = OPEN                | 9  | one of ESTABLISHED, SYN_SENT,      | not 'OPEN'
          pidSource = none            | 13 | one of LISTENER,                   | not 'none'
          partial = yes               | 11 | true or false                      | not 'yes'
          since > yesterday           | 9  | a time such as                     | not 'yesterday'
          since > 2026-01-31          | 9  | a time such as                     | not '2026-01-31'
          address = localhost         | 11 | an address such as 10.0.0.1        | not 'localhost'
          address = 10.0.0            | 11 | an address                         | not '10.0.0'
          address = 10.0.0.256        | 11 | an address                         | not '10.0.0.256'
          address = [::1]             | 11 | an address                         | not '[::1]'
          address = ::1%              | 11 | an address                         | not '::1%'
          address = 10.0.0.0/8        | 11 | a network goes with in             | not '10.0.0.0/8'
          address in 10.0.0.0/33      | 12 | a network such as 10.0.0.0/8       | not '10.0.0.0/33'
          address in 10.0.0.0/        | 12 | a network                          | not '10.0.0.0/'
          address in ::/129           | 12 | a network                          | not '::/129'
          address in ::ffff:1.2.3.4/95 | 12 | a network                         | not '::ffff:1.2.3.4/95'
          address in (::1, x)         | 18 | an address                         | not 'x'
          pid in null                 | 8  | null goes with = and != alone      | not 'null'
          pid < NULL                  | 7  | null goes with = and != alone      | not 'NULL'
          pid in (1, null)            | 12 | a whole number                     | not 'null'
          port in ()                  | 10 | a whole number                     | not ')'
          port in (1                  | 11 | , or )                             | nothing is there
          port in (1,)                | 12 | a whole number                     | not ')'
          port in (1 2)               | 12 | , or )                             | not '2'
          process ~ "("               | 11 | a regular expression of RE2        | not '('
          process ~ (?=a)             | 11 | a text for process, in quotes      | not '('
          process ~ "(?=a)"           | 11 | a regular expression of RE2        | not '(?=a)'
          process ~ '((a{9}){9}){9}'  | 11 | written out, 512 characters        | not '((a{9}){9}){9}'
          process ~ 'a{,1000}'        | 11 | written out, 512 characters        | not 'a{,1000}'
          process ~ 'a{1000,}'        | 11 | written out, 512 characters        | not 'a{1000,}'
          process ~ "(?i)é"           | 11 | ASCII, without                     | not '(?i)é'
          process ~ "(?s-i:(?mi:ᲀ))"  | 11 | ASCII, without                     | not '(?s-i:(?mi:ᲀ))'
          process ~ '(?i)[b-\\x{ffff}]' | 11 | ASCII, without                  | not '(?i)[b-\\x{ffff}]'
          state ~ '[b-\\777]'         | 9  | ASCII, without                     | not '[b-\\777]'
          process = "curl             | 11 | a quote that is closed             | not '"'
          process = it's              | 13 | a quote that is closed             | not '''
          port = 1 port = 2           | 10 | and, or, or the end                | not 'port'
          port = 1 and                | 13 | one of the keys                    | nothing is there
          port = 1 or or              | 13 | one of the keys                    | not 'or'
          (port = 1                   | 10 | and, or, or )                      | nothing is there
          port = 1)                   | 9  | and, or, or the end                | not ')'
          not                         | 4  | one of the keys                    | nothing is there
          partial                     | 8  | one of =, !=                       | nothing is there
          process = 😀 x              | 13 | and, or, or the end                | not 'x'
          """)
  @Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void saysWhereAndWhat(String text, int column, String takes, String found) {
    BadQueryException bad = catchThrowableOfType(BadQueryException.class, () -> Filter.parse(text));

    assertThat(bad).hasMessageStartingWith("takes at column " + column + " ");
    assertThat(bad).hasMessageContaining(takes).hasMessageEndingWith(found);
    assertThat(bad.column()).isEqualTo(column);
  }

  private static void assertBound(String most, String tooMuch, String takes) {
    assertThatCode(() -> Filter.parse(most)).doesNotThrowAnyException();
    assertThat(catchThrowableOfType(BadQueryException.class, () -> Filter.parse(tooMuch)))
        .hasMessageContaining(takes);
  }

  @Test
  void lengthIsBounded() {
    String filter = "port = 1";
    assertBound(
        filter + " ".repeat(2048 - filter.length()),
        filter + " ".repeat(2049 - filter.length()),
        "2048 characters at most");
  }

  @Test
  void regularExpressionsAreBounded() {
    assertBound(
        "process ~ " + "x".repeat(512), "process ~ " + "x".repeat(513), "512 characters at most");
    assertBound("process ~ '(a{4}){8}'", "process ~ '((a{4}){8}){2}'", "512 characters at most");
  }

  @Test
  void depthIsBounded() {
    assertBound("not ".repeat(32) + "port = 1", "not ".repeat(33) + "port = 1", "no more than 32");
    assertBound(
        "(".repeat(32) + "port = 1" + ")".repeat(32),
        "(".repeat(33) + "port = 1" + ")".repeat(33),
        "no more than 32");
  }

  @Test
  void depthIsNotLength() {
    String many = "(port = 1)" + " or (port = 1)".repeat(100);

    assertThatCode(() -> Filter.parse(many)).doesNotThrowAnyException();
  }

  @Test
  void listsAreBounded() {
    assertBound(
        "port in (1" + ",1".repeat(255) + ")",
        "port in (1" + ",1".repeat(256) + ")",
        "no more than 256 values");
  }
}
