package dev.tcptop.product.support;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Many subscribers on one thread. They discard what they read, except for the last bytes. */
public final class Crowd implements AutoCloseable {
  /**
   * Bytes. With the usual buffers the kernel holds megabytes for each subscriber, and this one
   * thread has to read them all before the streams can end.
   */
  private static final int RECEIVE_BUFFER = 1 << 16;

  private static final String LAST_CHUNK = "0\r\n\r\n";

  private final List<Member> members = new ArrayList<>();
  private final Selector selector = Selector.open();
  private final ByteBuffer bytes = ByteBuffer.allocate(1 << 16);

  /** A subscriber. */
  private static final class Member {
    final SocketChannel channel;
    long read;
    String end = "";
    String ended = "";

    Member(SocketChannel channel) {
      this.channel = channel;
    }
  }

  /** Connects the subscribers; each sends its request. */
  public Crowd(Product product, int size) throws IOException {
    ByteBuffer request =
        StandardCharsets.US_ASCII.encode(
            "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n");
    for (int i = 0; i < size; i++) {
      SocketChannel channel = SocketChannel.open();
      channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
      channel.connect(new InetSocketAddress("127.0.0.1", product.uri("/").getPort()));
      channel.write(request.duplicate());
      channel.configureBlocking(false);
      members.add(new Member(channel));
    }
  }

  /** Reads until each of the first subscribers has received bytes. */
  public void awaitBegun(int number) throws Exception {
    readOnly(number);
    Await.untilTrue(
        number + " streams have begun",
        () -> {
          readSome();
          return members.stream().limit(number).allMatch(member -> member.read > 0);
        });
  }

  /** Lets the first subscribers read from now on. */
  public void readOnly(int number) throws IOException {
    for (Member member : members.subList(0, number)) {
      member.channel.register(selector, SelectionKey.OP_READ, member);
    }
  }

  /** Reads all streams to their end and returns the ends that are not proper ones. */
  public List<String> readToTheEnd() throws Exception {
    readOnly(members.size());
    Await.untilTrue(
        "all streams end",
        () -> {
          readSome();
          return members.stream().noneMatch(member -> member.ended.isEmpty());
        });
    return members.stream()
        .map(member -> member.ended)
        .filter(end -> !end.equals(LAST_CHUNK))
        .toList();
  }

  private void readSome() throws IOException {
    selector.select(
        key -> {
          Member member = (Member) key.attachment();
          bytes.clear();
          try {
            int read = member.channel.read(bytes);
            if (read < 0) {
              key.cancel();
              member.ended = member.end.isEmpty() ? "nothing" : member.end;
              return;
            }
            member.read += read;
            String last =
                new String(
                    bytes.array(),
                    Math.max(0, read - 5),
                    Math.min(5, read),
                    StandardCharsets.ISO_8859_1);
            String end = member.end + last;
            member.end = end.substring(Math.max(0, end.length() - 5));
          } catch (IOException e) {
            key.cancel();
            member.ended = e.toString();
          }
        },
        100);
  }

  /** Resets all connections. */
  public void vanish() throws IOException {
    for (Member member : members) {
      member.channel.setOption(StandardSocketOptions.SO_LINGER, 0);
      member.channel.close();
    }
  }

  @Override
  public void close() throws IOException {
    for (Member member : members) {
      member.channel.close();
    }
    selector.close();
  }
}
