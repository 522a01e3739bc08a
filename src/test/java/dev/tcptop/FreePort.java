package dev.tcptop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A port of loopback on which nobody listens, below the ports that the kernel gives to connections:
 * so no connection of another program gets it, and a test can tell its own by this port alone.
 */
public final class FreePort {
  private FreePort() {}

  public static int find() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
      try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return free.getLocalPort();
      } catch (IOException e) {
        // taken: another one
      }
    }
  }
}
