package dev.tcptop.collect.ebpf;

import static dev.tcptop.collect.ebpf.Watch.between;
import static dev.tcptop.collect.ebpf.Watch.closed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.FreePort;
import dev.tcptop.model.CloseReason;
import dev.tcptop.model.Connection;
import dev.tcptop.model.Connection.TcpFigures;
import dev.tcptop.model.Direction;
import dev.tcptop.model.Family;
import dev.tcptop.model.Phase;
import dev.tcptop.model.PidSource;
import dev.tcptop.model.TcpState;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TCP connections of real processes as the collector reports them. */
@Tag("matrix")
class TcpKernelIT {
  private static Peer client;
  private static Peer server;

  @BeforeAll
  static void startPeers() {
    client = Peer.start();
    server = Peer.start();
  }

  @AfterAll
  static void stopPeers() {
    client.close();
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1, IPV4, 127.0.0.1",
    "::1, ::1, IPV6, ::1",
    "::, 127.0.0.1, IPV4, 127.0.0.1",
  })
  void bothEndsOfAConnectionFromOpenToClose(
      String listen, String connect, Family family, String address) {
    try (Watch watch = Watch.begin()) {
      int serverPort = server.ask("listen " + listen);
      int clientPort = client.ask("connect " + connect + " " + serverPort);
      server.ask("accept");
      client.ask("send 70000");
      server.ask("receive 70000");
      server.ask("send 1234");
      client.ask("receive 1234");

      Connection out =
          watch.await(
              "client's end",
              between(clientPort, serverPort).and(c -> c.traffic().bytesIn() == 1234));
      assertThat(out.traffic().bytesOut()).isEqualTo(70000);
      assertThat(out.direction()).isEqualTo(Direction.OUTBOUND);
      assertThat(out.state()).isEqualTo(TcpState.ESTABLISHED);
      assertThat(out.owner().pid()).isEqualTo(client.pid());
      assertThat(out.owner().process()).isEqualTo("java");
      assertThat(out.owner().source()).isEqualTo(PidSource.CONNECT);
      assertThat(out.family()).isEqualTo(family);
      assertThat(out.local().address()).hasToString(address);
      assertThat(out.remote().address()).hasToString(address);
      assertThat(out.partial()).isFalse();

      Connection in =
          watch.await(
              "server's end",
              between(serverPort, clientPort)
                  .and(c -> c.owner().source() == watch.sourceOfAccepted())
                  .and(c -> c.traffic().bytesOut() == 1234));
      assertThat(in.traffic().bytesIn()).isEqualTo(70000);
      assertThat(in.direction()).isEqualTo(Direction.INBOUND);
      assertThat(in.owner().pid()).isEqualTo(server.pid());
      assertThat(in.family()).isEqualTo(family);
      assertThat(in.local().address()).hasToString(address);

      client.ask("close");
      server.ask("close");
      Connection gone = watch.await("the close", between(clientPort, serverPort).and(closed()));
      assertThat(gone.id()).isEqualTo(out.id());
      assertThat(gone.phase()).isEqualTo(Phase.CLOSED);
      assertThat(gone.closeReason()).isEqualTo(CloseReason.NORMAL);
      assertThat(gone.traffic().bytesOut()).isEqualTo(70000);
      assertThat(gone.traffic().bytesIn()).isEqualTo(1234);
      Connection other =
          watch.await("its other end", between(serverPort, clientPort).and(closed()));
      assertThat(other.id()).isEqualTo(in.id());
      assertThat(other.traffic().bytesIn()).isEqualTo(70000);
    }
  }

  @Test
  void packetsAreTheKernelsSegments() throws IOException {
    try (Watch watch = Watch.begin()) {
      int serverPort = server.ask("listen 127.0.0.1");
      int clientPort = client.ask("connect 127.0.0.1 " + serverPort);
      server.ask("accept");
      client.ask("send 10");
      server.ask("receive 10");
      client.ask("close");
      server.ask("close");
      Connection out = watch.await("client's end", between(clientPort, serverPort).and(closed()));
      Connection in = watch.await("server's end", between(serverPort, clientPort).and(closed()));
      // SYN, ACK, data, FIN and the last ACK, which the TIME_WAIT may send instead of the socket.
      assertThat(out.traffic().packetsOut()).isBetween(4L, 5L);
      // All segments of the client's socket except the SYN, which the listener received.
      assertThat(in.traffic().packetsIn()).isBetween(3L, 6L);
      assertThat(out.traffic().packetsIn()).isBetween(3L, 4L);
    }
  }

  @Test
  void anOlderConnectionIsPartialAndCountsFromZero() {
    int serverPort = server.ask("listen 127.0.0.1");
    int clientPort = client.ask("connect 127.0.0.1 " + serverPort);
    server.ask("accept");
    client.ask("send 5000");
    server.ask("receive 5000");
    try (Watch watch = Watch.begin()) {
      client.ask("send 77");
      server.ask("receive 77");
      Connection out =
          watch.await(
              "client's end",
              between(clientPort, serverPort).and(c -> c.traffic().bytesOut() == 77));
      assertThat(out.partial()).isTrue();
      assertThat(out.direction()).isEqualTo(Direction.UNKNOWN);
      assertThat(out.owner().pid()).isEqualTo(client.pid());
      assertThat(out.owner().source()).isEqualTo(PidSource.FD);
      TcpFigures tcp = out.tcp();
      assertThat(tcp).isNotNull();
      assertThat(tcp.lifetimeBytesOut()).isEqualTo(5077);
      Connection in = watch.await("server's end", between(serverPort, clientPort));
      assertThat(in.owner().pid()).isEqualTo(server.pid());
      assertThat(in.traffic().bytesIn()).isEqualTo(77);
      client.ask("close");
      server.ask("close");
      Connection gone = watch.await("the close", between(clientPort, serverPort).and(closed()));
      assertThat(gone.partial()).isTrue();
      assertThat(gone.traffic().bytesOut()).isEqualTo(77);
    }
  }

  @Test
  void aConnectionAcceptedFromAnOlderListenerIsInbound() {
    int serverPort = server.ask("listen 127.0.0.1");
    try (Watch watch = Watch.begin()) {
      int clientPort = client.ask("connect 127.0.0.1 " + serverPort);
      server.ask("accept");
      Connection in = watch.await("server's end", between(serverPort, clientPort));
      assertThat(in.direction()).isEqualTo(Direction.INBOUND);
      assertThat(in.owner().pid()).isEqualTo(server.pid());
      assertThat(in.partial()).isFalse();
      client.ask("close");
      server.ask("close");
    }
  }

  @Test
  void aRefusedConnectIsShownAsRefused() throws IOException {
    int port = FreePort.find();
    try (Watch watch = Watch.begin();
        Socket socket = new Socket()) {
      InetSocketAddress nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      org.assertj.core.api.Assertions.assertThatThrownBy(() -> socket.connect(nobody))
          .isInstanceOf(ConnectException.class);
      Connection refused =
          watch.await("the attempt", c -> c.remote().port() == port && c.closedAt() != null);
      assertThat(refused.closeReason()).isEqualTo(CloseReason.REFUSED);
      assertThat(refused.owner().pid()).isEqualTo((int) ProcessHandle.current().pid());
      assertThat(refused.owner().source()).isEqualTo(PidSource.CONNECT);
      assertThat(refused.traffic().bytesOut()).isZero();
    }
  }

  @Test
  void aResetIsShownAsReset() throws IOException {
    try (Watch watch = Watch.begin();
        ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket socket = new Socket(listener.getInetAddress(), listener.getLocalPort());
        Socket accepted = listener.accept()) {
      int port = socket.getLocalPort();
      socket.setSoLinger(true, 0);
      socket.close();
      Connection mine =
          watch.await("the sender", between(port, listener.getLocalPort()).and(closed()));
      Connection other =
          watch.await("the receiver", between(listener.getLocalPort(), port).and(closed()));
      assertThat(mine.closeReason()).isEqualTo(CloseReason.RESET);
      assertThat(other.closeReason()).isEqualTo(CloseReason.RESET);
      assertThat(accepted.isClosed()).isFalse();
    }
  }

  @Test
  void fiveThousandShortConnectionsAreAllThereWithTheirBytes() throws IOException {
    int count = 5000;
    try (Watch watch = Watch.begin();
        ServerSocket listener = listener(50)) {
      int port = listener.getLocalPort();
      for (int i = 0; i < count; i++) {
        try (Socket socket = new Socket(listener.getInetAddress(), port);
            Socket accepted = listener.accept()) {
          socket.getOutputStream().write(new byte[1 + i % 100]);
          assertThat(accepted.getInputStream().readNBytes(1 + i % 100)).hasSize(1 + i % 100);
        }
        if (i % 1000 == 0) {
          watch.tick();
        }
      }
      watch.tick();
      watch.tick();
      Set<Long> ids = new HashSet<>();
      long outbound = 0;
      long bytes = 0;
      for (Connection c : watch.closes()) {
        if (c.remote().port() == port) {
          outbound++;
          bytes += c.traffic().bytesOut();
          assertThat(c.owner().pid()).isEqualTo((int) ProcessHandle.current().pid());
          assertThat(ids.add(c.id())).isTrue();
        }
      }
      assertThat(outbound).isEqualTo(count);
      assertThat(bytes).isEqualTo(count / 100 * 5050L);
      assertThat(watch.closes().stream().filter(c -> c.local().port() == port)).hasSize(count);
      assertThat(watch.lastSample().lost().none()).isTrue();
    }
  }

  /** At a port that no connection of another program has. */
  private static ServerSocket listener(int backlog) throws IOException {
    return new ServerSocket(FreePort.find(), backlog, InetAddress.getLoopbackAddress());
  }

  @Test
  void aListenerIsNoConnection() throws IOException {
    try (Watch watch = Watch.begin();
        ServerSocket listener = listener(1)) {
      watch.tick();
      int port = listener.getLocalPort();
      listener.close();
      watch.tick();
      assertThat(watch.seen(c -> c.local().port() == port)).isEmpty();
    }
  }
}
