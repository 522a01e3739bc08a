package dev.tcptop.config;

/** What stdout carries. */
public enum Output {
  /** A line for each connection that changed, at every tick. */
  LINES,
  /** Nothing: HTTP is served alone. */
  NONE,
  /** The table after one interval, which ends the program. HTTP is not served. */
  ONCE;

  /** The output that the settings ask for. */
  public static Output of(TcptopConfig config) {
    if (config.once()) {
      return ONCE;
    }
    return config.noStdout() ? NONE : LINES;
  }
}
