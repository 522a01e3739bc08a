package dev.tcptop.cli;

import dev.tcptop.collect.Examination;
import dev.tcptop.config.BadValueException;
import dev.tcptop.config.Interval;
import dev.tcptop.config.Listen;
import dev.tcptop.config.SystemUser;
import dev.tcptop.config.TcptopConfig.Bytes;
import dev.tcptop.config.TcptopConfig.Color;
import dev.tcptop.query.BadQueryException;
import dev.tcptop.query.Filter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Runs the command that a command line names. An option becomes the configuration key of its name,
 * {@code --udp-idle} the key {@code tcptop.udp-idle}, before the command runs.
 */
public final class Commands {
  private static final String KEYS = "tcptop.";

  final CommandLine commandLine;

  /**
   * @param stream streams and serves HTTP until the program ends
   * @param platform examines this machine
   */
  public Commands(Runnable stream, Examination platform) {
    commandLine =
        new CommandLine(new StreamCommand(stream))
            .addSubcommand(new DoctorCommand(platform, System.out))
            .registerConverter(Duration.class, Interval::parse)
            .registerConverter(Bytes.class, Bytes::parse)
            .registerConverter(Color.class, Color::parse)
            .registerConverter(Filter.class, Filter::parse)
            .registerConverter(Listen.class, Listen::parse)
            .registerConverter(SystemUser.class, SystemUser::parse)
            // Else an argument @FILE would be replaced by the lines of the file.
            .setExpandAtFiles(false)
            .setExecutionStrategy(Commands::run)
            .setParameterExceptionHandler(
                (refused, args) ->
                    refuse(
                        ExitStatus.BAD_OPTION, line(refused) + "; tcptop --help lists the options"))
            .setExecutionExceptionHandler(
                (failure, command, parsed) ->
                    refuse(ExitStatus.of(failure), ExitStatus.line(failure)));
  }

  /**
   * Runs the command.
   *
   * @return the exit status
   */
  public int execute(String... args) {
    return commandLine.execute(args);
  }

  private static int run(ParseResult parsed) {
    given(parsed).forEach(System::setProperty);
    return new CommandLine.RunLast().execute(parsed);
  }

  /** The keys and values of the options that were given, in their order. */
  static Map<String, String> given(ParseResult parsed) {
    Map<String, String> given = new LinkedHashMap<>();
    parsed.asCommandLineList().stream()
        .flatMap(command -> command.getParseResult().matchedOptions().stream())
        .forEach(option -> given.put(KEYS + option.longestName().substring(2), text(option)));
    return given;
  }

  private static String text(OptionSpec option) {
    // A flag has no text of its own.
    return option.arity().max() == 0
        ? String.valueOf(option.<Object>getValue())
        : option.originalStringValues().get(0);
  }

  /** The name by which a user knows a configuration key: that of its option, if it has one. */
  static String nameOf(String key) {
    String option = "--" + key.substring(KEYS.length());
    CommandSpec stream = CommandSpec.forAnnotatedObject(new StreamCommand(() -> {}));
    return stream.optionsMap().containsKey(option) ? option : key;
  }

  /** The line that tells the user why the command line is refused. */
  static String line(ParameterException refused) {
    Throwable cause = refused.getCause();
    if ((cause instanceof BadValueException || cause instanceof BadQueryException)
        && refused.getArgSpec() instanceof OptionSpec option) {
      return option.longestName() + " " + cause.getMessage();
    }
    return String.valueOf(refused.getMessage()).lines().findFirst().orElse("bad option");
  }

  private static int refuse(int status, String line) {
    System.err.println("error: " + line);
    return status;
  }
}
