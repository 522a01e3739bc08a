package dev.tcptop.product.support;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A TCP connection over loopback whose two ends are in this process. */
public final class TcpPair implements AutoCloseable {
  private final Socket client;
  private final Socket server;

  private TcpPair(Socket client, Socket server) {
    this.client = client;
    this.server = server;
  }

  public static TcpPair open() throws IOException {
    return open("127.0.0.1");
  }

  public static TcpPair open(String address) throws IOException {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getByName(address))) {
      Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort());
      return new TcpPair(client, listener.accept());
    }
  }

  public int clientPort() {
    return client.getLocalPort();
  }

  public int serverPort() {
    return server.getLocalPort();
  }

  /** Sends from the client to the server, which reads it all. */
  public TcpPair send(int bytes) throws IOException {
    carry(client, server, bytes);
    return this;
  }

  /** Sends from the server to the client, which reads it all. */
  public TcpPair answer(int bytes) throws IOException {
    carry(server, client, bytes);
    return this;
  }

  private static void carry(Socket from, Socket to, int bytes) throws IOException {
    byte[] chunk = new byte[16_384];
    for (int left = bytes; left > 0; left -= chunk.length) {
      int part = Math.min(left, chunk.length);
      from.getOutputStream().write(chunk, 0, part);
      to.getInputStream().readNBytes(part);
    }
  }

  /** The client resets the connection. */
  public void reset() throws IOException {
    client.setSoLinger(true, 0);
    client.close();
    server.close();
  }

  /** The client closes first. */
  @Override
  public void close() throws IOException {
    client.close();
    server.close();
  }
}
