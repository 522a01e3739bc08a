package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Product;
import dev.tcptop.product.support.TcpPair;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The product with a terminal as its stdout, which {@code script} gives it. */
class TerminalIT {
  private static final String COLOUR = "\u001b[";

  @ParameterizedTest(name = "TERM={0} NO_COLOR={1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          xterm-256color | ''  | true
          xterm-256color | 1   | false
          dumb           | ''  | false
          """)
  void aTerminalHasColoursUnlessItOrItsUserHasNone(String term, String noColor, boolean coloured)
      throws Exception {
    Launch launch =
        Launch.plain("--once", "--interval", "2s")
            .by("bash", "-c", "exec script -qec \"$*\" /dev/null", "-")
            .with("TERM", term)
            .with("NO_COLOR", noColor);
    try (Product product = launch.start()) {
      while (product.isAlive()) {
        Thread.sleep(50);
        TcpPair.open().close(); // a new connection, which is coloured
      }
      String shown = product.awaitEnd().stdout();
      assertThat(shown).contains("[CLOSED]");
      assertThat(shown.contains(COLOUR)).isEqualTo(coloured);
    }
  }
}
