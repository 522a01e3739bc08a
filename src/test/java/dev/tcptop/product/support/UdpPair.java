package dev.tcptop.product.support;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Two unconnected UDP sockets on loopback. */
public final class UdpPair implements AutoCloseable {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final DatagramSocket client = socket();
  private final DatagramSocket server = socket();

  private UdpPair() throws IOException {}

  public static UdpPair open() throws IOException {
    return new UdpPair();
  }

  private static DatagramSocket socket() throws IOException {
    DatagramSocket socket = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0));
    socket.setSoTimeout((int) Await.PATIENCE.toMillis());
    return socket;
  }

  public int clientPort() {
    return client.getLocalPort();
  }

  public int serverPort() {
    return server.getLocalPort();
  }

  /** Sends one datagram from the client to the server, which reads it. */
  public UdpPair send(int bytes) throws IOException {
    carry(client, server, bytes);
    return this;
  }

  /** Sends one datagram from the server to the client, which reads it. */
  public UdpPair answer(int bytes) throws IOException {
    carry(server, client, bytes);
    return this;
  }

  private static void carry(DatagramSocket from, DatagramSocket to, int bytes) throws IOException {
    from.send(new DatagramPacket(new byte[bytes], bytes, LOOPBACK, to.getLocalPort()));
    to.receive(new DatagramPacket(new byte[bytes], bytes));
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
