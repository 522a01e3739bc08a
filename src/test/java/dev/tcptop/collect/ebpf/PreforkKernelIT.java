package dev.tcptop.collect.ebpf;

import static dev.tcptop.collect.ebpf.Watch.between;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.FreePort;
import dev.tcptop.model.Connection;
import dev.tcptop.model.PidSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections of nginx, whose master listens and whose workers accept. */
class PreforkKernelIT {
  private static final int WORKERS = 3;

  @TempDir Path directory;
  private Process nginx;
  private int port;

  @BeforeEach
  void choosePort() {
    port = FreePort.find();
  }

  @AfterEach
  void stop() throws InterruptedException {
    nginx.destroy();
    assertThat(nginx.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }

  private void startNginx() throws IOException, InterruptedException {
    Path conf = directory.resolve("nginx.conf");
    Files.writeString(
        conf,
        """
        daemon off; worker_processes %d; pid %s/pid; error_log %s/error.log;
        events { accept_mutex off; }
        http {
          access_log off;
          client_body_temp_path %s/body; proxy_temp_path %s/proxy; fastcgi_temp_path %s/fastcgi;
          uwsgi_temp_path %s/uwsgi; scgi_temp_path %s/scgi;
          server { listen 127.0.0.1:%d; location / { return 200 "0123456789"; } }
        }
        """
            .replace("%s", directory.toString())
            .formatted(WORKERS, port));
    nginx =
        new ProcessBuilder("nginx", "-c", conf.toString(), "-e", directory + "/error.log")
            .inheritIO()
            .start();
    while (nginx.isAlive() && nginx.children().count() < WORKERS) {
      Thread.sleep(20);
    }
    assertThat(nginx.isAlive()).as("nginx runs").isTrue();
  }

  private Set<Integer> workers() {
    return nginx.children().map(worker -> (int) worker.pid()).collect(Collectors.toSet());
  }

  private void request(Socket socket, String version) throws IOException {
    socket
        .getOutputStream()
        .write(("GET / HTTP/" + version + "\r\nHost: localhost\r\n\r\n").getBytes(UTF_8));
  }

  private List<Connection> served(Watch watch) {
    return watch.closes().stream().filter(c -> c.local().port() == port).toList();
  }

  @Test
  void aWorkerOwnsTheShortConnectionsThatItAcceptedFromAnOlderListener()
      throws IOException, InterruptedException {
    startNginx();
    try (Watch watch = Watch.begin()) {
      serve(watch, 300);
    }
  }

  @Test
  void aWorkerOwnsTheShortConnectionsThatItAcceptedFromANewListener()
      throws IOException, InterruptedException {
    try (Watch watch = Watch.begin()) {
      startNginx();
      serve(watch, 300);
    }
  }

  private void serve(Watch watch, int count) throws IOException, InterruptedException {
    for (int i = 0; i < count; i++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        request(socket, "1.0");
        assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
            .endsWith("0123456789");
      }
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (served(watch).size() < count && System.nanoTime() < deadline) {
      watch.tick();
      Thread.sleep(20);
    }
    assertThat(served(watch)).hasSize(count);
    Set<Integer> workers = workers();
    assertThat(served(watch))
        .allSatisfy(
            c -> {
              assertThat(workers).contains(c.owner().pid());
              assertThat(c.owner().process()).isEqualTo("nginx");
              assertThat(c.owner().source()).isIn(PidSource.ACCEPT, PidSource.CLOSE, PidSource.FD);
            });
  }

  @Test
  void aWorkerOwnsTheConnectionThatItKeepsAlive() throws IOException, InterruptedException {
    startNginx();
    try (Watch watch = Watch.begin();
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      request(socket, "1.1");
      assertThat(socket.getInputStream().read()).isPositive();
      Connection kept =
          watch.await(
              "the worker's end",
              between(port, socket.getLocalPort())
                  .and(c -> c.owner().source() == watch.sourceOfAccepted()));
      assertThat(workers()).contains(kept.owner().pid());
    }
  }
}
