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
 * The settings: keys {@code tcptop.*} of the {@link SettingsFile}, or variables {@code TCPTOP_*} of
 * the environment. An option on the command line wins over both.
 */
@ConfigMapping(prefix = "tcptop")
public interface TcptopConfig {

  /** The time from tick to tick. */
  @WithDefault(Defaults.INTERVAL)
  @WithConverter(Converters.OfInterval.class)
  Duration interval();

  /** The idle time after which a UDP flow ends. */
  @WithDefault(Defaults.UDP_IDLE)
  @WithConverter(Converters.OfInterval.class)
  Duration udpIdle();

  /** How byte counts are written on stdout. */
  @WithDefault(Defaults.BYTES)
  @WithConverter(Converters.OfBytes.class)
  Bytes bytes();

  /** When stdout is coloured. */
  @WithDefault(Defaults.COLOR)
  @WithConverter(Converters.OfColor.class)
  Color color();

  /** The connections that stdout shows; empty: all. */
  @WithConverter(Converters.OfFilter.class)
  Optional<Filter> filter();

  /** The address that HTTP is served on. */
  @WithDefault(Defaults.LISTEN)
  @WithConverter(Converters.OfListen.class)
  Listen listen();

  /** Whether HTTP may be served without a token; a {@link #tokenFile} is needed nevertheless. */
  @WithDefault("false")
  @WithConverter(Converters.OfFlag.class)
  boolean insecure();

  /** The file with the token that requests have to bear; empty: tcptop makes a token. */
  Optional<Path> tokenFile();

  /**
   * Names by which clients call this service, in lower case, besides addresses, localhost, the
   * host's own name and that of {@link #listen}.
   */
  Optional<Set<@WithConverter(Converters.OfHost.class) String>> hosts();

  /**
   * The number of event streams that are served at a time, 1 to 100000; further ones are refused.
   */
  @WithDefault("2000")
  @WithConverter(Converters.OfSubscribers.class)
  int maxSubscribers();

  /**
   * The number of HTTP connections at a time, 1 to 100000; fewer where the process may have fewer
   * descriptors. Further ones replace connections without a request.
   */
  @WithDefault("5000")
  @WithConverter(Converters.OfSubscribers.class)
  int maxConnections();

  /** Whether stdout stays empty; see {@link Output}. */
  @WithDefault("false")
  @WithConverter(Converters.OfFlag.class)
  boolean noStdout();

  /** Whether tcptop prints the table after one interval and exits; see {@link Output}. */
  @WithDefault("false")
  @WithConverter(Converters.OfFlag.class)
  boolean once();

  /**
   * The user that tcptop becomes once it observes; empty: {@link SystemUser#usual()} where the
   * process may change its user, else the user that it has.
   */
  @WithConverter(Converters.OfUser.class)
  Optional<SystemUser> user();

  /** The name that answers give this machine; empty: its host name. */
  Optional<String> node();

  /** The sizes of the kernel side, and how it observes UDP. */
  Kernel kernel();

  /** The metrics for Prometheus. */
  Metrics metrics();

  /** Whether errors have their stack trace. */
  @WithDefault("false")
  @WithConverter(Converters.OfFlag.class)
  boolean debug();

  /** The settings of the kernel side. Their defaults suit a usual machine. */
  interface Kernel {
    /**
     * The size of the ring of closing records, of 168 bytes each: a power of two from 4096 to
     * 2<sup>30</sup>.
     */
    @WithDefault("" + Defaults.RING_BYTES)
    @WithConverter(Converters.OfRingBytes.class)
    int ringBytes();

    /** The changed connections that one walk over the sockets reports; more take further walks. */
    @WithDefault("" + Defaults.SAMPLE_RECORDS)
    @WithConverter(Converters.OfEntries.class)
    int sampleRecords();

    /** The TCP sockets that are held at a time. */
    @WithDefault("" + Defaults.SOCKETS)
    @WithConverter(Converters.OfEntries.class)
    int sockets();

    /** The UDP flows that are held at a time. */
    @WithDefault("" + Defaults.FLOWS)
    @WithConverter(Converters.OfEntries.class)
    int flows();

    /** How UDP is observed. */
    @WithDefault("auto")
    @WithConverter(Converters.OfUdpWay.class)
    UdpWay udp();
  }

  /** The metrics beyond the machine's totals. */
  interface Metrics {
    /**
     * The number of process names that have byte counts of their own; all others share one count.
     * 0: the counts have no process names.
     */
    @WithDefault("0")
    @WithConverter(Converters.OfProcesses.class)
    int topProcesses();
  }

  /** How UDP is observed. */
  enum UdpWay {
    /** Not at all. */
    OFF,
    /** At the root of cgroup v2. */
    CGROUP_SKB,
    /**
     * In the kernel's UDP functions. The process that accepts a TCP connection is then seen too.
     */
    FENTRY,
    /** FENTRY where the kernel allows it, else CGROUP_SKB, else OFF. */
    AUTO
  }

  /** How byte counts are written. */
  enum Bytes {
    HUMAN,
    RAW,
    BOTH;

    /**
     * Reads one of the words, in upper or lower case.
     *
     * @throws BadValueException if the text is none of them
     */
    public static Bytes parse(String text) {
      return Text.word(Bytes.class, text);
    }
  }

  /** When output is coloured. */
  enum Color {
    /** On a terminal that is not {@code TERM=dumb}, unless {@code NO_COLOR} is set. */
    AUTO,
    ALWAYS,
    NEVER;

    /**
     * Reads one of the words, in upper or lower case.
     *
     * @throws BadValueException if the text is none of them
     */
    public static Color parse(String text) {
      return Text.word(Color.class, text);
    }
  }
}
