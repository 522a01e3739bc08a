package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.metrics.Scrape;
import dev.tcptop.product.support.Answer;
import dev.tcptop.product.support.Await;
import dev.tcptop.product.support.Ended;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Needs;
import dev.tcptop.product.support.Product;
import dev.tcptop.product.support.Subscriber;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The limits on requests, subscribers and connections. */
class LimitsIT {
  private static final int SUBSCRIBERS = 3;
  private static final int CONNECTIONS = 8;
  private static final int MOST_CONNECTIONS = 5000;
  private static final String SUBSCRIBE = "GET /api/v1/events HTTP/1.1";
  private static final String HOST = "Host: localhost";

  private static Product product;
  private static Product narrow;

  @BeforeAll
  static void start() throws Exception {
    Needs.rootAnd("env");
    product = Launch.listening("--no-stdout").startAndWait();
    narrow =
        Launch.listening("--no-stdout")
            .with("TCPTOP_MAX_SUBSCRIBERS", Integer.toString(SUBSCRIBERS))
            .with("TCPTOP_MAX_CONNECTIONS", Integer.toString(CONNECTIONS))
            .with("QUARKUS_HTTP_IDLE_TIMEOUT", "1s")
            .startAndWait();
  }

  @AfterAll
  static void stop() throws Exception {
    for (Product each : new Product[] {product, narrow}) {
      if (each != null) {
        each.close();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"4000, 404", "8191, 404", "8192, 414", "16000, 414"})
  void aPathHasALimit(int length, int status) throws Exception {
    Answer answer = askAllTheSame("GET /" + "a".repeat(length) + " HTTP/1.1", HOST);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.problem()).contains(status == 414 ? "8 KiB" : "path");
  }

  @ParameterizedTest
  @ValueSource(ints = {8_000, 16_000})
  void headersMayBeLong(int length) throws Exception {
    Answer answer = askAllTheSame("GET /q/health/live HTTP/1.1", HOST, "X: " + "a".repeat(length));
    assertThat(answer.status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(ints = {16_384, 32_000})
  void headersHaveALimit(int length) throws Exception {
    Answer answer = askAllTheSame("GET /q/health/live HTTP/1.1", HOST, "X: " + "a".repeat(length));
    assertThat(answer.status()).isEqualTo(431);
    assertThat(answer.problem()).contains("16 KiB");
  }

  @Test
  void whatHasNoEndIsNotReadToItsEnd() throws Exception {
    String endless = "a".repeat(1_000_000);
    assertThat(askAllTheSame("GET /" + endless + " HTTP/1.1", HOST).status()).isEqualTo(414);
    assertThat(askAllTheSame("GET / HTTP/1.1", HOST, "X: " + endless).status()).isEqualTo(431);
  }

  /** Reads the answer also where the server closes before it has read the whole request. */
  private static Answer askAllTheSame(String... lines) throws IOException {
    try (Socket socket = Answer.open(product)) {
      Thread writer =
          new Thread(
              () -> {
                try {
                  byte[] request = (String.join("\r\n", lines) + "\r\n\r\n").getBytes();
                  socket.getOutputStream().write(request);
                } catch (IOException e) {
                  // the server has closed, and its answer says why
                }
              });
      writer.setDaemon(true);
      writer.start();
      return Answer.read(socket);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Content-Length: 5", "Content-Length: 99999999999", "Transfer-Encoding: chunked"})
  void noRequestHasABody(String header) throws Exception {
    try (Socket socket = Answer.open(product)) {
      Answer answer = Answer.to(socket, "GET /api/v1/status HTTP/1.1", HOST, header);
      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.problem()).contains("body");
      assertThat(socket.getInputStream().read()).as("the end of the connection").isEqualTo(-1);
    }
  }

  @Test
  void subscribersHaveALimitThatTheirLeavingFrees() throws Exception {
    List<Socket> subscribers = new ArrayList<>();
    try {
      for (int i = 0; i < SUBSCRIBERS; i++) {
        Socket socket = Answer.open(narrow);
        subscribers.add(socket);
        assertThat(Answer.to(socket, SUBSCRIBE, HOST).status()).isEqualTo(200);
      }
      Answer refused = Answer.to(narrow, SUBSCRIBE, HOST);
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.headers().get("retry-after")).matches("\\d+");
      assertThat(refused.problem()).contains("3 subscribers", "tcptop.max-subscribers");
      assertThat(Answer.to(narrow, "GET /api/v1/status HTTP/1.1", HOST).status()).isEqualTo(200);

      subscribers.remove(0).close();
      Await.untilTrue(
          "a subscriber is accepted", () -> Answer.to(narrow, SUBSCRIBE, HOST).status() == 200);
    } finally {
      for (Socket subscriber : subscribers) {
        subscriber.close();
      }
    }
  }

  @Test
  void aConnectionOnWhichNothingMovesIsClosed() throws Exception {
    try (Socket idle = Answer.open(narrow);
        Socket slow = Answer.open(narrow)) {
      slow.getOutputStream().write("GET /q/health/live HT".getBytes());
      assertThat(end(idle)).isEqualTo(-1);
      assertThat(end(slow)).isEqualTo(-1);
    }
  }

  private static int end(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read();
    } catch (SocketException e) {
      return -1; // reset
    }
  }

  /** Those that wait the longest make room, so that health is answered whatever others do. */
  @Test
  void connectionsWithoutARequestLockNobodyOut() throws Exception {
    List<Socket> idle = new ArrayList<>();
    try {
      for (int i = 0; i <= MOST_CONNECTIONS; i++) {
        idle.add(Answer.open(product));
      }
      Answer answer = Answer.to(product, "GET /q/health/live HTTP/1.1", HOST);

      assertThat(answer.status()).isEqualTo(200);
      assertThat(end(idle.get(0))).isEqualTo(-1);
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  @Test
  void aHeadHasToComeSoonAndAStreamStays() throws Exception {
    try (Socket silent = Answer.open(product);
        Socket slow = Answer.open(product);
        Socket stream = Answer.open(product)) {
      assertThat(Answer.to(stream, SUBSCRIBE, HOST).status()).isEqualTo(200);
      slow.getOutputStream().write("GET /q/health/live HT".getBytes());
      assertThat(end(silent)).isEqualTo(-1);
      assertThat(end(slow)).isEqualTo(-1);
      stream.getInputStream().skipNBytes(stream.getInputStream().available());
      assertThat(stream.getInputStream().read()).as("the next tick").isNotEqualTo(-1);
    }
  }

  @Test
  void halfOpenRequestsLeaveDescriptorsForTheTick() throws Exception {
    Launch launch = Launch.listening("--no-stdout", "--interval", "100ms");
    List<Socket> sockets = new ArrayList<>();
    try (Product few =
        launch.start(List.of("bash", "-c", "ulimit -n 1024; exec " + launch.commandLine()))) {
      few.awaitReady();
      for (int i = 0; i < 1000; i++) {
        Socket socket = Answer.open(few);
        sockets.add(socket);
        socket.getOutputStream().write("GET /q/health/live HT".getBytes());
      }
      try (Subscriber subscriber = Subscriber.sse(few)) {
        subscriber.awaitTicks(5);
      }
      assertThat(few.stderr()).isEmpty();
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"GET /%zz HTTP/1.1|Host: a", "GET / HTTP/1.1", "GET /none HTTP/1.1|Host: evil"})
  void whatClientsDoWrongIsNotLogged(String lines) throws Exception {
    for (int i = 0; i < 50; i++) {
      Answer answer = Answer.to(product, lines.split("\\|", -1));
      assertThat(answer.status()).isBetween(400, 404);
    }
    assertThat(product.stderr()).isEmpty();
  }

  @Test
  void refusedRequestsAreCounted() throws Exception {
    double before = refused();
    for (int i = 0; i < 3; i++) {
      assertThat(Answer.to(product, "GET / HTTP/1.1").problem()).contains("Host");
    }
    assertThat(refused()).isEqualTo(before + 3);
  }

  private static double refused() throws Exception {
    return Scrape.of(product.get("/q/metrics").body()).sum("tcptop_http_refused_total");
  }

  /** The heap is too small for the start. */
  @Test
  void withoutMemoryItEndsAtOnceWithALine() throws Exception {
    Ended ended = Launch.listening().withJvm("-Xms6m", "-Xmx8m").run();

    assertThat(ended.status()).isEqualTo(3);
    assertThat(ended.stderr()).contains("OutOfMemoryError");
    assertThat(ended.stdout()).isEmpty();
  }
}
