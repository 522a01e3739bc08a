package dev.tcptop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.collect.Examination;
import dev.tcptop.collect.Finding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @BeforeEach
  void listen() {
    System.setProperty("tcptop.listen", "127.0.0.1:0");
    System.setProperty("tcptop.insecure", "true");
  }

  @AfterEach
  void clear() {
    System.clearProperty("tcptop.listen");
    System.clearProperty("tcptop.insecure");
    System.clearProperty("tcptop.token-file");
  }

  private int call(Finding... findings) {
    Examination examination = sink -> List.of(findings).forEach(sink);
    return new DoctorCommand(examination, new PrintStream(out, true, StandardCharsets.UTF_8))
        .call();
  }

  private List<String> lines() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void eachFindingIsALineWithItsVerdict() {
    call(
        Finding.need("kernel", Optional.empty(), "Linux 6.1"),
        Finding.need("privileges", Optional.of("run it with sudo"), "enough"),
        Finding.want("cgroup v2", Optional.of("mount it"), "mounted"));

    assertThat(lines())
        .startsWith(
            "ok       kernel       Linux 6.1",
            "missing  privileges   run it with sudo",
            "without  cgroup v2    mount it",
            "ok       port         127.0.0.1:0 is free",
            "ok       token        requests need none")
        .hasSize(6)
        .last()
        .asString()
        .startsWith("ok       JDK          ");
  }

  @Test
  void withoutWhatIsOnlyWantedTheMachineIsHealthy() {
    assertThat(call(Finding.want("fentry", Optional.of("it is forbidden"), "there"))).isZero();
  }

  @Test
  void withoutWhatIsNeededItIsNot() {
    assertThat(call(Finding.need("BTF", Optional.of("there is none"), "there"))).isEqualTo(78);
  }

  @Test
  void itSaysWhereTheTokenIs() {
    System.setProperty("tcptop.token-file", "/etc/tcptop/token");
    call();

    assertThat(lines())
        .contains("ok       token        requests need the one in /etc/tcptop/token");
  }

  @Test
  void aTakenPortIsMissing() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      System.setProperty("tcptop.listen", address);

      assertThat(call()).isEqualTo(78);
      assertThat(lines().get(0)).startsWith("missing  port         cannot listen on " + address);
    }
  }
}
