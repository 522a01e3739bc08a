package dev.tcptop;

import dev.tcptop.collect.CollectorException;
import dev.tcptop.collect.Errno;
import dev.tcptop.config.Settings.BadSettingException;
import io.smallrye.config.ConfigValidationException;
import java.net.BindException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The process' exit statuses, and the one line that goes with each. */
final class ExitStatus {
  static final int OK = 0;
  static final int FAILED = 1;
  static final int BAD_OPTION = 2;
  static final int NO_PRIVILEGES = 77;
  static final int NO_KERNEL_SUPPORT = 78;

  static final String PRIVILEGES_LINE = "error: tcptop requires root privileges. Run with sudo.";

  private static final Pattern TAKES = Pattern.compile("(--|tcptop\\.)\\S+ takes .*");

  private ExitStatus() {}

  /** The status for a start that failed. */
  static int of(Throwable failure) {
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

  /** The line for the user, without {@code error: }. */
  static String line(Throwable failure, String listen) {
    Throwable root = failure;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BadSettingException || cause instanceof CollectorException) {
        String prefix = of(cause) == NO_KERNEL_SUPPORT ? "this kernel cannot run tcptop: " : "";
        return prefix + cause.getMessage();
      }
      if (cause instanceof ConfigValidationException invalid) {
        // The converter's exception is inaccessible: only its message is in the problem's.
        String problem = invalid.getProblem(0).getMessage();
        Matcher takes = TAKES.matcher(problem);
        return takes.find() ? takes.group() : problem;
      }
      if (cause instanceof BindException) {
        return cannotListen(listen);
      }
      root = cause;
    }
    String message = root.getMessage() == null ? root.getClass().getName() : root.getMessage();
    return message.lines().findFirst().orElse(message);
  }

  static String cannotListen(String listen) {
    return listen
        + " cannot be listened on: "
        + "it is in use or not an address of this machine; choose another with --listen";
  }
}
