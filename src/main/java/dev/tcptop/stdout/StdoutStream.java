package dev.tcptop.stdout;

import dev.tcptop.collect.Observation;
import dev.tcptop.config.Output;
import dev.tcptop.config.TcptopConfig;
import dev.tcptop.format.LineFormat;
import dev.tcptop.format.Marker;
import dev.tcptop.format.Quantities;
import dev.tcptop.model.Connection;
import dev.tcptop.publish.Backlog;
import dev.tcptop.publish.ConnectionFeed;
import dev.tcptop.publish.FrameListener;
import dev.tcptop.publish.Selection;
import dev.tcptop.publish.Snapshot;
import dev.tcptop.publish.StartOrder;
import dev.tcptop.query.Filter;
import dev.tcptop.query.Query;
import dev.tcptop.table.Frame;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a line for each connection that changed, on a thread of its own: a slow terminal holds up
 * nothing else, and its lines are merged meanwhile.
 */
@ApplicationScoped
public class StdoutStream implements FrameListener {
  /**
   * Closed connections that are kept while stdout is not read; with one more, all of them are given
   * up and only counted.
   */
  private static final int CLOSED_LIMIT = 100_000;

  private static final int CHUNK = 1 << 16;

  private final ConnectionFeed feed;
  private final TcptopConfig config;
  private final Output output;
  private final Filter filter;
  private final OutputStream out = new FileOutputStream(FileDescriptor.out);

  /** Whether the last write failed; of the writer's thread. */
  private boolean failing;

  // guarded by this
  private final Backlog backlog = new Backlog(CLOSED_LIMIT);
  private final Selection selection;

  StdoutStream(ConnectionFeed feed, TcptopConfig config) {
    this.feed = feed;
    this.config = config;
    this.output = Output.of(config);
    this.filter = config.filter().orElse(Filter.ALL);
    this.selection = new Selection(filter);
  }

  /** Subscribes before the first frame, which has all connections that exist. */
  void start(@Observes @Priority(StartOrder.LISTENERS) StartupEvent event) {
    Observation observation = feed.observation();
    if (observation.udp() == null) {
      System.err.println("tcptop: UDP is not observed: " + observation.udpMissing());
    }
    if (output == Output.NONE) {
      return;
    }
    Thread writer = new Thread(this::write, "tcptop-stdout");
    writer.setDaemon(true);
    writer.start();
    feed.subscribe(this);
  }

  @Override
  public synchronized void begin(Snapshot present) {
    selection.begin(present.connections());
  }

  @Override
  public synchronized void next(Frame frame) {
    backlog.add(selection.next(frame));
    notifyAll();
  }

  private synchronized Batch await() throws InterruptedException {
    while (backlog.isEmpty()) {
      wait();
    }
    long missed = backlog.missed();
    return new Batch(backlog.take(), missed);
  }

  private record Batch(@Nullable Frame frame, long missed) {}

  private void write() {
    LineFormat format =
        new LineFormat(new Quantities(config.bytes()), isColored(), ZoneId.systemDefault());
    StringBuilder lines = new StringBuilder();
    try {
      while (true) {
        Batch batch = await();
        if (batch.missed > 0) {
          System.err.println("tcptop: stdout is too slow: " + batch.missed + " lines are left out");
        }
        if (batch.frame == null) {
          continue;
        }
        try {
          if (output == Output.LINES) {
            writeFrame(format, lines, batch.frame);
          } else if (batch.frame.number() > 1) { // the first frame begins the interval
            writeTable(format, lines, feed.snapshot().await().indefinitely());
            Quarkus.asyncExit(0);
            return;
          }
        } catch (IOException e) {
          lines.setLength(0);
          if (String.valueOf(e.getMessage()).contains("Broken pipe")) {
            Quarkus.asyncExit(0); // the reader has ended: tcptop | head
            return;
          }
          if (output == Output.ONCE) {
            System.err.println("error: stdout can't be written: " + e.getMessage());
            Quarkus.asyncExit(1);
            return;
          }
          sayWhetherItFails(e.getMessage());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Says when stdout begins to fail, and when it works again. Each frame is tried: a full disk may
   * have room again.
   */
  private void sayWhetherItFails(@Nullable String why) {
    if (why != null && !failing) {
      System.err.println(
          "tcptop: stdout can't be written: " + why + "; lines are left out until it can");
    } else if (why == null && failing) {
      System.err.println("tcptop: stdout is written again");
    }
    failing = why != null;
  }

  private void writeFrame(LineFormat format, StringBuilder lines, Frame frame) throws IOException {
    try {
      frame.forEach(
          new Frame.Visitor() {
            @Override
            public void shortLived(long sequence, Frame.ShortLived connection) {
              line(format, lines, frame.time(), Marker.NEW_CLOSED, connection.close());
            }

            @Override
            public void opened(long sequence, Connection connection) {
              line(format, lines, frame.time(), Marker.of(connection), connection);
            }

            @Override
            public void updated(long sequence, Connection connection) {
              line(format, lines, frame.time(), Marker.of(connection), connection);
            }

            @Override
            public void quieted(long sequence, Connection connection) {
              // A line shows traffic, and there was none.
            }

            @Override
            public void closed(long sequence, Connection connection) {
              line(format, lines, frame.time(), Marker.of(connection), connection);
            }
          });
      flush(lines);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void writeTable(LineFormat format, StringBuilder lines, Snapshot snapshot)
      throws IOException {
    List<Connection> connections = Query.of(filter).select(snapshot.connections());
    try {
      for (Connection connection : connections) {
        line(format, lines, snapshot.frame().time(), Marker.of(connection), connection);
      }
      flush(lines);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void line(
      LineFormat format, StringBuilder lines, Instant time, Marker marker, Connection connection) {
    format.append(lines, time, marker, connection);
    if (lines.length() >= CHUNK) {
      flush(lines);
    }
  }

  private void flush(StringBuilder lines) {
    if (!lines.isEmpty()) {
      if (failing) {
        lines.insert(0, '\n'); // the last line may have been cut
      }
      try {
        out.write(lines.toString().getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      sayWhetherItFails(null);
      lines.setLength(0);
    }
  }

  private boolean isColored() {
    return switch (config.color()) {
      case ALWAYS -> true;
      case NEVER -> false;
      case AUTO -> {
        String noColor = System.getenv("NO_COLOR"); // https://no-color.org: set and not empty
        boolean wanted = noColor == null || noColor.isEmpty();
        yield wanted && !"dumb".equals(System.getenv("TERM")) && isTerminal();
      }
    };
  }

  /** Whether stdout is a terminal; {@code System.console()} would look at stdin too. */
  private static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException e) {
      return false;
    }
  }
}
