package dev.tcptop.config;

import dev.tcptop.query.Filter;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

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

  /** Which connections stdout shows; all unless set. */
  @WithConverter(Settings.FilterConverter.class)
  Optional<Filter> filter();

  /** Where the HTTP service listens. */
  @WithDefault("127.0.0.1:7070")
  @WithConverter(Settings.ListenConverter.class)
  Listen listen();

  /** Whether anyone who reaches another address than loopback may ask. */
  @WithDefault("false")
  @WithConverter(Settings.InsecureConverter.class)
  boolean insecure();

  /** The file with the token that requests have to bear; none: anyone may ask. */
  Optional<Path> tokenFile();

  /**
   * Names by which clients call this service, in lower case, besides addresses, localhost, the
   * host's own name and that of {@link #listen}.
   */
  Optional<Set<@WithConverter(Settings.HostConverter.class) String>> hosts();

  /** Event streams at a time, 1 to 100000; with more, a further one is refused. */
  @WithDefault("2000")
  @WithConverter(Settings.MaxSubscribersConverter.class)
  int maxSubscribers();

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

  /** How much the kernel side holds, and how it observes. */
  Kernel kernel();

  /** What is counted for Prometheus. */
  Metrics metrics();

  /** Whether errors come with their stack trace. */
  @WithDefault("false")
  @WithConverter(Settings.DebugConverter.class)
  boolean debug();

  /** The kernel side's settings: the defaults suit a usual machine. */
  interface Kernel {
    /** Of the ring of closing connections, 168 bytes each: a power of two from 4096 to 2^30. */
    @WithDefault("4194304")
    @WithConverter(Settings.RingBytesConverter.class)
    int ringBytes();

    /** Changed connections that one pass over the sockets reports; more take further passes. */
    @WithDefault("32768")
    @WithConverter(Settings.SampleRecordsConverter.class)
    int sampleRecords();

    /** UDP flows at a time. */
    @WithDefault("65536")
    @WithConverter(Settings.FlowsConverter.class)
    int flows();

    /** How UDP is observed. */
    @WithDefault("auto")
    @WithConverter(Settings.UdpWayConverter.class)
    UdpWay udp();
  }

  /** What is counted for Prometheus beyond the machine's totals. */
  interface Metrics {
    /** Process names that have byte counts of their own; all others share one. 0: no names. */
    @WithDefault("0")
    @WithConverter(Settings.TopProcessesConverter.class)
    int topProcesses();
  }

  /** How UDP is observed. */
  enum UdpWay {
    OFF,
    /** On the root of cgroup v2. */
    CGROUP_SKB,
    /** On the kernel's UDP functions; it is then also seen who accepts a TCP connection. */
    FENTRY,
    /** FENTRY where the kernel allows it, else CGROUP_SKB, else OFF. */
    AUTO
  }

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
