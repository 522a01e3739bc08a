package dev.tcptop.cli;

import dev.tcptop.collect.CollectorException;
import dev.tcptop.collect.Errno;
import dev.tcptop.config.BadSettingException;
import dev.tcptop.config.EarlySettings;
import dev.tcptop.config.Listen;
import io.smallrye.config.ConfigValidationException;
import java.net.BindException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The exit statuses of the process, and the line on stderr that goes with each. */
public final class ExitStatus {
  public static final int OK = 0;
  public static final int FAILED = 1;
  public static final int BAD_OPTION = 2;
  public static final int NO_PRIVILEGES = 77;
  public static final int NO_KERNEL_SUPPORT = 78;

  public static final String PRIVILEGES_LINE =
      "error: tcptop requires root privileges. Run with sudo.";

  /** SmallRye Config reports the exception of a converter as text: the key, then the message. */
  private static final Pattern REFUSED =
      Pattern.compile("(?s)config property (?:%\\w+\\.)?(\\S+) with .*? converted (takes [^\n]*)");

  private ExitStatus() {}

  /** The status that a failure ends the process with. */
  public static int of(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BadSettingException || cause instanceof ConfigValidationException) {
        return BAD_OPTION;
      }
      if (cause instanceof CollectorException collector) {
        return collector.errno() == Errno.ENOMEM ? FAILED : NO_KERNEL_SUPPORT;
      }
    }
    return FAILED;
  }

  /** The line that tells the user of a failure, without {@code error: }. */
  public static String line(Throwable failure) {
    Throwable root = failure;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BadSettingException || cause instanceof CollectorException) {
        String prefix = of(cause) == NO_KERNEL_SUPPORT ? "this kernel cannot run tcptop: " : "";
        return prefix + cause.getMessage();
      }
      if (cause instanceof ConfigValidationException invalid) {
        String problem = invalid.getProblem(0).getMessage();
        Matcher refused = REFUSED.matcher(problem);
        return refused.find()
            ? Commands.nameOf(refused.group(1)) + " " + refused.group(2)
            : problem;
      }
      if (cause instanceof BindException) {
        return cannotListen(EarlySettings.listen());
      }
      root = cause;
    }
    String message = root.getMessage() == null ? root.getClass().getName() : root.getMessage();
    return message.lines().findFirst().orElse(message);
  }

  static String cannotListen(Listen listen) {
    return "cannot listen on "
        + listen
        + ": it is in use, or is not an address of this machine; choose another with --listen";
  }
}
