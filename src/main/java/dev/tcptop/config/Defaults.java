package dev.tcptop.config;

/**
 * The defaults that the configuration shares with other parts of tcptop, such as {@code --help}.
 */
public final class Defaults {
  public static final String INTERVAL = "1s";
  public static final String UDP_IDLE = "5s";
  public static final String BYTES = "both";
  public static final String COLOR = "auto";
  public static final String LISTEN = "127.0.0.1:7070";

  public static final int RING_BYTES = 4 << 20;
  public static final int SAMPLE_RECORDS = 1 << 15;
  public static final int SOCKETS = 1 << 18;
  public static final int FLOWS = 1 << 16;

  private Defaults() {}
}
