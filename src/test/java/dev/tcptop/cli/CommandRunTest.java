package dev.tcptop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.collect.CollectorException;
import dev.tcptop.collect.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which command a command line runs, and with what exit status. */
class CommandRunTest {
  private final List<String> runs = new ArrayList<>();
  private Optional<String> missing = Optional.empty();
  private final Commands commands =
      new Commands(
          () -> runs.add("stream every " + System.getProperty("tcptop.interval")),
          sink -> {
            runs.add("examination");
            sink.accept(Finding.need("kernel", missing, "Linux"));
          });

  @BeforeEach
  void needNoToken() {
    System.setProperty("tcptop.insecure", "true");
  }

  @AfterEach
  void clear() {
    System.clearProperty("tcptop.insecure");
    System.clearProperty("tcptop.interval");
    System.clearProperty("tcptop.listen");
  }

  @Test
  void withoutACommandItStreams() {
    assertThat(commands.execute("--interval", "2s")).isZero();
    assertThat(runs).containsExactly("stream every 2s");
  }

  @Test
  void theDoctorExaminesTheMachine() {
    assertThat(commands.execute("doctor", "--listen", "127.0.0.1:0")).isZero();
    assertThat(runs).containsExactly("examination");
  }

  @Test
  void theDoctorFailsWhereTcptopCannotRun() {
    missing = Optional.of("it is too old");

    assertThat(commands.execute("doctor", "--listen", "127.0.0.1:0")).isEqualTo(78);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "--version"})
  void informationRunsNothing(String option) {
    assertThat(commands.execute(option)).isZero();
    assertThat(runs).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--nonsense", "nonsense", "--interval=junk", "--interval"})
  void aCommandLineThatIsRefusedRunsNothing(String argument) {
    assertThat(commands.execute(argument)).isEqualTo(2);
    assertThat(runs).isEmpty();
  }

  @Test
  void aFailureEndsWithItsStatus() {
    Commands failing =
        new Commands(
            () -> {
              throw new CollectorException("attach x", 95, "", "");
            },
            sink -> {});

    assertThat(failing.execute("--interval", "2s")).isEqualTo(78);
  }
}
