package dev.tcptop.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tcptop.config.SystemUser;
import dev.tcptop.config.TcptopConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandsTest {

  private final Commands commands = new Commands(() -> {}, sink -> {});

  private CommandLine.ParseResult parse(String... args) {
    return commands.commandLine.parseArgs(args);
  }

  private Map<String, String> given(String... args) {
    return Commands.given(parse(args));
  }

  @Test
  void withoutOptionsNothingIsGiven() {
    assertThat(given()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "--interval, 500ms, tcptop.interval",
    "--udp-idle, 1m, tcptop.udp-idle",
    "--bytes, raw, tcptop.bytes",
    "--color, never, tcptop.color",
    "--filter, port = 443, tcptop.filter",
    "--listen, [::1]:80, tcptop.listen",
    "--token-file, /run/token, tcptop.token-file",
    "--user, root, tcptop.user"
  })
  void anOptionBecomesItsKey(String option, String value, String key) {
    Map<String, String> expected = Map.of(key, value);

    assertThat(given(option, value)).isEqualTo(expected);
    assertThat(given(option + "=" + value)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "--insecure, tcptop.insecure",
    "--no-stdout, tcptop.no-stdout",
    "--once, tcptop.once",
    "--debug, tcptop.debug"
  })
  void aFlagBecomesTrue(String flag, String key) {
    assertThat(given(flag)).isEqualTo(Map.of(key, "true"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--insecure", "--no-stdout", "--once", "--debug"})
  void aFlagThatIsDeniedIsNotTrue(String flag) {
    // Refused or false: either will do, but never the opposite of what was said.
    Map<String, String> given;
    try {
      given = given(flag + "=false");
    } catch (CommandLine.ParameterException e) {
      given = Map.of();
    }

    assertThat(given).doesNotContainValue("true");
  }

  @Test
  void optionsAreGivenInTheirOrder() {
    assertThat(given("--once", "--interval", "2s", "--bytes=raw"))
        .containsExactly(
            Map.entry("tcptop.once", "true"),
            Map.entry("tcptop.interval", "2s"),
            Map.entry("tcptop.bytes", "raw"));
  }

  @Test
  void eachOptionIsAKeyOfTheConfiguration() {
    Map<String, String> given =
        given(
            "--interval=2s",
            "--udp-idle=3s",
            "--bytes=raw",
            "--color=never",
            "--filter=process ~ '^a\\w{2}$'",
            "--listen=0.0.0.0:80",
            "--token-file=/run/token",
            "--insecure",
            "--user=root",
            "--no-stdout",
            "--once",
            "--debug");
    // A key of the prefix that the mapping does not have is refused.
    TcptopConfig config =
        new SmallRyeConfigBuilder()
            .withMapping(TcptopConfig.class)
            .withDefaultValues(given)
            .build()
            .getConfigMapping(TcptopConfig.class);

    assertThat(config.interval()).hasSeconds(2);
    assertThat(config.udpIdle()).hasSeconds(3);
    assertThat(config.bytes()).isEqualTo(TcptopConfig.Bytes.RAW);
    assertThat(config.color()).isEqualTo(TcptopConfig.Color.NEVER);
    assertThat(config.filter()).get().hasToString("process ~ '^a\\w{2}$'");
    assertThat(config.listen()).hasToString("0.0.0.0:80");
    assertThat(config.tokenFile()).contains(Path.of("/run/token"));
    assertThat(config.insecure()).isTrue();
    assertThat(config.user()).contains(new SystemUser("root", 0, 0));
    assertThat(config.noStdout()).isTrue();
    assertThat(config.once()).isTrue();
    assertThat(config.debug()).isTrue();
  }

  @Test
  void theDoctorTakesAnAddressToo() {
    assertThat(given("doctor", "--listen", "[::1]:80"))
        .isEqualTo(Map.of("tcptop.listen", "[::1]:80"));
    assertThat(given("--listen", "[::1]:80", "doctor"))
        .isEqualTo(Map.of("tcptop.listen", "[::1]:80"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--unknown", "--intervall=1s", "--int=1s", "-i", "top", "--tcptop.once"})
  void anUnknownOptionIsRefused(String arg) {
    assertThatThrownBy(() -> parse(arg)).isInstanceOf(CommandLine.UnmatchedArgumentException.class);
  }

  @Test
  void aFileIsNotReadForAnArgument(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "--once\nsecret\n");

    assertThatThrownBy(() -> parse("@" + file))
        .isInstanceOf(CommandLine.UnmatchedArgumentException.class)
        .hasMessageContaining("@" + file)
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--interval", "--udp-idle", "--bytes", "--color", "--filter", "--listen"})
  void anOptionWithoutItsValueIsRefused(String option) {
    assertThatThrownBy(() -> parse(option))
        .isInstanceOf(CommandLine.MissingParameterException.class)
        .hasMessageContaining(option);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --interval | takes a duration from 100ms to 1h, such as 500ms, 2s or 5m
          --udp-idle | takes a duration from 100ms to 1h, such as 500ms, 2s or 5m
          --bytes    | takes one of human, raw, both
          --color    | takes one of auto, always, never
          --filter   | takes at column 1 not, ( or one of the keys
          --listen   | takes HOST:PORT, such as 127.0.0.1:7070 or [::1]:7070
          """)
  void aBadValueIsRefusedWithWhatTheOptionTakes(String option, String takes) {
    assertThatThrownBy(() -> parse(option, "junk"))
        .isInstanceOfSatisfying(
            CommandLine.ParameterException.class,
            refused ->
                assertThat(Commands.line(refused))
                    .startsWith(option + " " + takes)
                    .endsWith(", not 'junk'"));
  }

  @Test
  void anOptionGivenTwiceIsRefused() {
    assertThatThrownBy(() -> parse("--interval", "1s", "--interval", "2s"))
        .isInstanceOf(CommandLine.ParameterException.class)
        .hasMessageContaining("--interval");
  }

  @Test
  void helpNamesEveryOption() {
    String help = commands.commandLine.getUsageMessage();

    assertThat(help)
        .contains(
            "--interval=DURATION",
            "--udp-idle=DURATION",
            "--bytes=human|raw|both",
            "--color=auto|always|never",
            "--filter=EXPR",
            "--listen=HOST:PORT",
            "--token-file=FILE",
            "--insecure",
            "--no-stdout",
            "--once",
            "--debug",
            "--help",
            "--version");
  }

  @Test
  void theVersionIsTheBuilds() {
    assertThat(new StreamCommand.Version().getVersion()).hasSize(1);
    assertThat(new StreamCommand.Version().getVersion()[0])
        .matches("tcptop \\d+\\.\\d+\\.\\d+(-\\w+)?");
  }
}
