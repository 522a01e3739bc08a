package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tcptop.product.support.Ended;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Needs;
import dev.tcptop.product.support.Product;
import dev.tcptop.product.support.TcpPair;
import dev.tcptop.product.support.UdpPair;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** tcptop as a user other than root, with various capabilities. */
class PrivilegesIT {
  private static Product unprivileged;

  @BeforeAll
  static void start() throws Exception {
    Needs.rootAnd("setpriv", "env");
    unprivileged =
        Launch.listening("--interval", "200ms").asNobodyWith("bpf", "perfmon").startAndWait();
  }

  @AfterAll
  static void stop() throws Exception {
    if (unprivileged != null) {
      unprivileged.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bpf", "perfmon", "net_admin"})
  void oneCapabilityAloneIsNotEnough(String capability) throws Exception {
    Ended ended = Launch.listening().asNobodyWith(capability).run();
    assertThat(ended.stderr())
        .isEqualTo("error: tcptop requires root privileges. Run with sudo.\n");
    assertThat(ended.stdout()).isEmpty();
    assertThat(ended.status()).isEqualTo(77);
  }

  @Test
  void rootOfAnotherUserNamespaceIsNotRoot() throws Exception {
    Ended ended = Launch.listening().asRootOfAnotherUserNamespace().run();
    assertThat(ended.stderr())
        .isEqualTo("error: tcptop requires root privileges. Run with sudo.\n");
    assertThat(ended.stdout()).isEmpty();
    assertThat(ended.status()).isEqualTo(77);
  }

  @Tag("matrix")
  @Test
  void itRunsAsThatUser() throws Exception {
    assertThat(
            java.nio.file.Files.getAttribute(
                java.nio.file.Path.of("/proc", Long.toString(unprivileged.pid())), "unix:uid"))
        .isEqualTo(65534);
  }

  @Test
  void itsMemoryIsClosedToOtherProcessesOfThatUser() throws Exception {
    Process look =
        new ProcessBuilder(
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "cat",
                "/proc/" + unprivileged.pid() + "/environ")
            .redirectErrorStream(true)
            .start();
    assertThat(look.inputReader().readLine()).endsWith("Permission denied");
  }

  @Tag("matrix")
  @Test
  void anotherUsersConnectionHasItsOwner() throws Exception {
    try (TcpPair pair = TcpPair.open().send(123)) {
      JsonNode row =
          unprivileged.awaitRow(
              pair.clientPort(), pair.serverPort(), seen -> seen.path("bytesOut").asLong() == 123);
      assertThat(row.path("pid").asLong()).isEqualTo(ProcessHandle.current().pid());
      assertThat(row.path("process").asText()).isEqualTo("java");
      assertThat(row.path("uid").asLong()).isZero();
    }
  }

  /**
   * Needs fentry, which {@code tcptop.test.udp} can demand. On a kernel without it the status says
   * why UDP is not observed.
   */
  @Tag("matrix")
  @Test
  void anotherUsersFlowHasItsOwner() throws Exception {
    JsonNode udp = unprivileged.json("/api/v1/status").path("udp");
    if (udp.path("observed").asBoolean()
        || "fentry".equals(System.getProperty("tcptop.test.udp"))) {
      assertThat(udp.path("way").asText()).isEqualTo("fentry");
      try (UdpPair pair = UdpPair.open().send(123)) {
        JsonNode row =
            unprivileged.awaitRow(
                pair.clientPort(), pair.serverPort(), seen -> !seen.path("pid").isNull());
        assertThat(row.path("bytesOut").asLong()).isEqualTo(123);
        assertThat(row.path("pid").asLong()).isEqualTo(ProcessHandle.current().pid());
        assertThat(row.path("uid").asLong()).isZero();
      }
    } else {
      assertThat(udp.path("way").isNull()).isTrue();
      assertThat(udp.path("reason").asText()).isNotEmpty();
      assertThat(unprivileged.stderr()).contains("UDP is not observed: ");
    }
    assertThat(udp.toString()).doesNotContainIgnoringCase("cap_", "capabilit");
  }

  @Test
  void withNetAdminUdpIsObservedToo() throws Exception {
    try (Product product =
            Launch.listening("--interval", "200ms")
                .asNobodyWith("bpf", "perfmon", "net_admin")
                .startAndWait();
        UdpPair pair = UdpPair.open().send(77)) {
      assertThat(product.json("/api/v1/status").at("/udp/observed").asBoolean()).isTrue();
      JsonNode row =
          product.awaitRow(
              pair.clientPort(), pair.serverPort(), seen -> !seen.path("pid").isNull());
      assertThat(row.path("bytesOut").asLong()).isEqualTo(77);
      assertThat(row.path("pid").asLong()).isEqualTo(ProcessHandle.current().pid());
      assertThat(product.stderr()).doesNotContainIgnoringCase("cap_", "capabilit");
    }
  }
}
