package dev.tcptop.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/**
 * What a user can set, as {@code tcptop.*}, as {@code TCPTOP_*} in the environment, or as an option
 * of the command line, which wins.
 */
@ConfigMapping(prefix = "tcptop")
public interface TcptopConfig {

  /** A tick: 100ms to 1h. */
  @WithDefault("1s")
  @WithConverter(Settings.IntervalConverter.class)
  Duration interval();

  /** A UDP flow without a datagram for so long has ended: 100ms to 1h. */
  @WithDefault("5s")
  @WithConverter(Settings.UdpIdleConverter.class)
  Duration udpIdle();

  /** How byte counts are written on stdout. */
  @WithDefault("both")
  @WithConverter(Settings.BytesConverter.class)
  Bytes bytes();

  /** Whether stdout is coloured. */
  @WithDefault("auto")
  @WithConverter(Settings.ColorConverter.class)
  Color color();

  /** Where the HTTP service listens. */
  @WithDefault("127.0.0.1:7070")
  @WithConverter(Settings.ListenConverter.class)
  Listen listen();

  /** Whether anyone who reaches another address than loopback may ask. */
  @WithDefault("false")
  @WithConverter(Settings.InsecureConverter.class)
  boolean insecure();

  /** Whether stdout stays empty. */
  @WithDefault("false")
  @WithConverter(Settings.NoStdoutConverter.class)
  boolean noStdout();

  /** Whether one interval's table is all: no HTTP then. */
  @WithDefault("false")
  @WithConverter(Settings.OnceConverter.class)
  boolean once();

  /** What snapshots call this machine; the host's name unless set. */
  Optional<String> node();

  /** Whether errors come with their stack trace. */
  @WithDefault("false")
  @WithConverter(Settings.DebugConverter.class)
  boolean debug();

  /** How byte counts are written. */
  enum Bytes {
    HUMAN,
    RAW,
    BOTH
  }

  /** When output is coloured: AUTO is on a terminal only. */
  enum Color {
    AUTO,
    ALWAYS,
    NEVER
  }

  /**
   * An address to listen on.
   *
   * @param host a name or an address, without brackets
   * @param port 0 to 65535; 0: any free one
   */
  record Listen(String host, int port) {
    /** Whether only this machine reaches it. */
    public boolean isLoopback() {
      return host.equals("localhost")
          || host.equals("::1")
          || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }

    @Override
    public String toString() {
      return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
    }
  }
}
