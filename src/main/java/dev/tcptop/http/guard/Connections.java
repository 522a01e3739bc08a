package dev.tcptop.http.guard;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.tcptop.config.TcptopConfig;
import dev.tcptop.publish.StartOrder;
import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the connections of HTTP, and the time that they may wait. Netty hands each accepted
 * channel over before anything is read from it: Vert.x knows a connection no earlier than Quarkus'
 * own limit, which closes the newcomer, and has no time-out that spares streams.
 */
@ApplicationScoped
public class Connections {
  /** Descriptors that are kept for all else: the JVM, the kernel program, sampling and files. */
  private static final int OTHER_DESCRIPTORS = 384;

  /** Places that streams cannot take. */
  private static final int PLACES_WITHOUT_STREAM = 64;

  private static final AttributeKey<Watch> WATCH = AttributeKey.valueOf("tcptop.connection");
  private static volatile @Nullable ConnectionPlaces current;

  private final ConnectionPlaces places;

  Connections(TcptopConfig config) {
    int most = Math.min(config.maxConnections(), descriptors() - OTHER_DESCRIPTORS);
    places = new ConnectionPlaces(Math.max(1, most), System::nanoTime);
  }

  /** The most descriptors that this process can have. The JVM raises the limit at its start. */
  private static int descriptors() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? (int) Math.min(Integer.MAX_VALUE, unix.getMaxFileDescriptorCount())
        : Integer.MAX_VALUE;
  }

  /** Before the server starts, with which Netty reads the property. */
  void start(@Observes @Priority(StartOrder.CHECKS) StartupEvent event) {
    current = places;
    System.setProperty(ChannelInitializerExtension.EXTENSIONS_SYSTEM_PROPERTY, "serviceload");
  }

  /** The most streams at a time, so that some places are left. */
  public int mostStreams() {
    return places.places() - Math.min(PLACES_WITHOUT_STREAM, places.places() / 2);
  }

  /** Notes that the head of a request is read, and later that the request is answered. */
  void requestBegan(RoutingContext request) {
    Channel channel = ((ConnectionBase) request.request().connection()).channel();
    Watch watch = channel.attr(WATCH).get();
    if (watch != null) {
      places.requestBegan(watch);
      request.addEndHandler(ended -> places.requestEnded(watch));
    }
  }

  @Scheduled(every = "1s", skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  @NonBlocking
  void closeOverdue() {
    places.closeOverdue();
  }

  /** Puts a watch before each accepted connection. Netty finds it as a service. */
  public static final class Extension extends ChannelInitializerExtension {
    @Override
    public void postInitializeServerChildChannel(Channel child) {
      ConnectionPlaces places = current;
      if (places != null) {
        Watch watch = new Watch(child, places);
        child.attr(WATCH).set(watch);
        child.pipeline().addFirst(watch.handler);
        places.opened(watch);
        Channel server = child.parent();
        places.regulate(server.config()::setAutoRead);
        child
            .closeFuture()
            .addListener(
                closed -> {
                  places.closed(watch);
                  places.regulate(server.config()::setAutoRead);
                });
      }
    }
  }

  private static final class Watch extends ConnectionPlaces.Peer {
    private final Channel channel;
    private final ChannelInboundHandlerAdapter handler;
    private volatile boolean doomed;

    Watch(Channel channel, ConnectionPlaces places) {
      this.channel = channel;
      handler =
          new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext context) {
              if (doomed) {
                ChannelFuture unused = context.close();
              } else {
                context.fireChannelActive();
              }
            }

            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
              places.read(Watch.this);
              context.fireChannelRead(message);
            }
          };
    }

    /** A channel without an event loop yet is closed as soon as it has one. */
    @Override
    void close() {
      doomed = true;
      if (channel.isRegistered()) {
        ChannelFuture unused = channel.close();
      }
    }
  }
}
