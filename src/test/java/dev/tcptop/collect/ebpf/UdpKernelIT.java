package dev.tcptop.collect.ebpf;

import static dev.tcptop.collect.ebpf.Watch.between;
import static dev.tcptop.collect.ebpf.Watch.closed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.model.Connection;
import dev.tcptop.model.Direction;
import dev.tcptop.model.Family;
import dev.tcptop.model.PidSource;
import dev.tcptop.model.Protocol;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** UDP flows of real processes, as the collector reports them. */
@Tag("matrix")
class UdpKernelIT {

  @ParameterizedTest
  @CsvSource({"127.0.0.1, IPV4", "::1, IPV6"})
  void bothEndsOfAFlowCountBothDirections(String address, Family family) {
    try (Watch watch = Watch.begin();
        Peer client = Peer.start();
        Peer server = Peer.start()) {
      int serverPort = server.ask("udp " + address);
      int clientPort = client.ask("udp " + address);
      for (int i = 0; i < 10; i++) {
        client.ask("udpsend " + address + " " + serverPort + " 100");
        assertThat(server.ask("udpreceive")).isEqualTo(100);
      }
      server.ask("udpsend " + address + " " + clientPort + " 0");
      assertThat(client.ask("udpreceive")).isZero();

      Connection out =
          watch.await(
              "client's flow",
              between(clientPort, serverPort).and(c -> c.traffic().packetsIn() == 1));
      assertThat(out.protocol()).isEqualTo(Protocol.UDP);
      assertThat(out.family()).isEqualTo(family);
      assertThat(out.state()).isNull();
      assertThat(out.tcp()).isNull();
      assertThat(out.direction()).isEqualTo(Direction.UNKNOWN);
      assertThat(out.traffic().bytesOut()).isEqualTo(1000);
      assertThat(out.traffic().packetsOut()).isEqualTo(10);
      assertThat(out.traffic().bytesIn()).isZero();
      assertThat(out.owner().pid()).isEqualTo(client.pid());
      assertThat(out.owner().source()).isEqualTo(PidSource.SEND);

      Connection in = watch.await("server's flow", between(serverPort, clientPort));
      assertThat(in.traffic().bytesIn()).isEqualTo(1000);
      assertThat(in.traffic().packetsIn()).isEqualTo(10);
      assertThat(in.traffic().packetsOut()).isEqualTo(1);
      assertThat(in.owner().pid()).isEqualTo(server.pid());
    }
  }

  @Test
  void aReceiverThatNeverAnswersHasItsOwner() {
    try (Watch watch = Watch.begin();
        Peer client = Peer.start();
        Peer server = Peer.start()) {
      int serverPort = server.ask("udp 127.0.0.1");
      int clientPort = client.ask("udp 127.0.0.1");
      client.ask("udpsend 127.0.0.1 " + serverPort + " 9");
      assertThat(server.ask("udpreceive")).isEqualTo(9);
      watch.tick();
      client.ask("udpsend 127.0.0.1 " + serverPort + " 9");
      assertThat(server.ask("udpreceive")).isEqualTo(9);
      Connection in =
          watch.await(
              "server's flow", between(serverPort, clientPort).and(c -> c.owner().pid() != 0));
      assertThat(in.owner().pid()).isEqualTo(server.pid());
      assertThat(in.owner().source()).isEqualTo(PidSource.FD);
    }
  }

  @Test
  void aFlowEndsFiveSecondsAfterItsLastDatagramAndANewOneBegins() {
    try (Watch watch = Watch.begin();
        Peer peer = Peer.start()) {
      int port = peer.ask("udp 127.0.0.1");
      peer.ask("udpsend 127.0.0.1 " + port + " 9");
      Connection flow = watch.await("the flow", between(port, port));
      Connection ended = watch.await("its end", between(port, port).and(closed()));
      assertThat(ended.id()).isEqualTo(flow.id());
      assertThat(ended.traffic().bytesOut()).isEqualTo(9);
      assertThat(ended.traffic().bytesIn()).isEqualTo(9);
      assertThat(Duration.between(ended.lastSeen(), ended.closedAt()))
          .isBetween(Duration.ofSeconds(5), Duration.ofSeconds(7));
      peer.ask("udpsend 127.0.0.1 " + port + " 9");
      Connection next =
          watch.await("the next flow", between(port, port).and(c -> c.id() != flow.id()));
      assertThat(next.traffic().packetsOut()).isEqualTo(1);
    }
  }
}
