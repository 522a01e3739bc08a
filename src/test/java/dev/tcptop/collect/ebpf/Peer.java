package dev.tcptop.collect.ebpf;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * A separate process that carries out the commands on its input, one a line, and answers each with
 * a line. It keeps its sockets open until {@code close} or the end of its input. The commands and
 * their answers:
 *
 * <ul>
 *   <li>{@code listen ADDRESS}: the port
 *   <li>{@code connect ADDRESS PORT}: the local port
 *   <li>{@code accept}: the remote port
 *   <li>{@code send N} and {@code receive N}, over the connection: N
 *   <li>{@code udp ADDRESS}, which binds a UDP socket: its port
 *   <li>{@code udpsend ADDRESS PORT N} and {@code udpreceive}: the size of the datagram
 *   <li>{@code close}, which closes the connection
 * </ul>
 */
final class Peer implements AutoCloseable {
  private final Process process;
  private final BufferedReader answers;

  private Peer(Process process) {
    this.process = process;
    this.answers = process.inputReader(UTF_8);
  }

  static Peer start() {
    return start(List.of());
  }

  /** Starts a peer behind a command such as {@code ip netns exec NAME}. */
  static Peer start(List<String> behind) {
    List<String> command = new ArrayList<>(behind);
    command.addAll(
        List.of(
            ProcessHandle.current().info().command().orElse("java"),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            "target/test-classes",
            Peer.class.getName()));
    try {
      return new Peer(
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int pid() {
    return (int) process.pid();
  }

  /** Sends a command and returns its answer. */
  int ask(String command) {
    try {
      process.getOutputStream().write((command + "\n").getBytes(UTF_8));
      process.getOutputStream().flush();
      String answer = answers.readLine();
      if (answer == null || !answer.matches("\\d+")) {
        throw new IllegalStateException(command + ": " + answer);
      }
      return Integer.parseInt(answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      process.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  // The code below runs in the process.

  private ServerSocket listener;
  private Socket connection;
  private DatagramSocket datagrams;

  private Peer() {
    process = null;
    answers = null;
  }

  public static void main(String[] args) throws IOException {
    Peer self = new Peer();
    BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      System.out.println(self.obey(line.split(" ")));
      System.out.flush();
    }
  }

  private int obey(String[] words) throws IOException {
    switch (words[0]) {
      case "listen" -> {
        listener = new ServerSocket(0, 50, InetAddress.getByName(words[1]));
        return listener.getLocalPort();
      }
      case "connect" -> {
        connection = new Socket();
        connection.connect(new InetSocketAddress(words[1], Integer.parseInt(words[2])), 10_000);
        return connection.getLocalPort();
      }
      case "accept" -> {
        connection = listener.accept();
        return connection.getPort();
      }
      case "send" -> {
        connection.getOutputStream().write(new byte[Integer.parseInt(words[1])]);
        return Integer.parseInt(words[1]);
      }
      case "receive" -> {
        return connection.getInputStream().readNBytes(Integer.parseInt(words[1])).length;
      }
      case "udp" -> {
        datagrams = new DatagramSocket(0, InetAddress.getByName(words[1]));
        return datagrams.getLocalPort();
      }
      case "udpsend" -> {
        int size = Integer.parseInt(words[3]);
        InetAddress to = InetAddress.getByName(words[1]);
        datagrams.send(new DatagramPacket(new byte[size], size, to, Integer.parseInt(words[2])));
        return size;
      }
      case "udpreceive" -> {
        DatagramPacket packet = new DatagramPacket(new byte[65536], 65536);
        datagrams.receive(packet);
        return packet.getLength();
      }
      case "close" -> {
        connection.close();
        return 0;
      }
      default -> throw new IllegalArgumentException(words[0]);
    }
  }
}
