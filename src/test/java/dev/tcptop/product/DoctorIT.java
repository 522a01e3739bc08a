package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.product.support.Ended;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Needs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code tcptop doctor}. */
class DoctorIT {
  @BeforeAll
  static void look() throws IOException {
    Needs.rootAnd("env", "setpriv", "unshare");
  }

  /** The verdict and the text of each requirement, by its name. */
  private static Map<String, String> lines(Ended ended) {
    assertThat(ended.stderr()).isEmpty();
    return ended
        .stdout()
        .lines()
        .collect(
            Collectors.toMap(
                line -> line.substring(9, 21).strip(),
                line -> line.substring(0, 9) + line.substring(22)));
  }

  private static List<String> without(Map<String, String> lines, String verdict) {
    return lines.entrySet().stream()
        .filter(line -> line.getValue().startsWith(verdict + " "))
        .map(Map.Entry::getKey)
        .toList();
  }

  @Tag("matrix")
  @Test
  void whereTcptopRunsNothingIsMissing() throws Exception {
    Ended ended = Launch.listening("doctor").run();
    Map<String, String> lines = lines(ended);
    assertThat(lines)
        .containsOnlyKeys(
            "kernel",
            "BTF",
            "privileges",
            "library",
            "tracepoints",
            "fentry",
            "cgroup v2",
            "cgroup_skb",
            "port",
            "token",
            "JDK");
    assertThat(without(lines, "missing")).isEmpty();
    assertThat(without(lines, "without")).isSubsetOf("fentry", "cgroup v2", "cgroup_skb");
    assertThat(lines.get("kernel")).contains(System.getProperty("os.version"));
    assertThat(ended.status()).isZero();
  }

  @Test
  void aTakenPortIsMissing() throws Exception {
    Launch launch = Launch.listening("doctor");
    try (ServerSocket taken =
        new ServerSocket(launch.port(), 1, InetAddress.getByName("127.0.0.1"))) {
      Ended ended = launch.run();
      Map<String, String> lines = lines(ended);
      assertThat(without(lines, "missing")).containsExactly("port");
      assertThat(lines.get("port")).contains("127.0.0.1:" + taken.getLocalPort(), "--listen");
      assertThat(ended.status()).isEqualTo(78);
    }
  }

  @Test
  void anOrdinaryUserIsToldWhatToDo() throws Exception {
    Ended ended = Launch.listening("doctor").asNobodyWith().run();
    Map<String, String> lines = lines(ended);
    assertThat(without(lines, "missing")).containsExactlyInAnyOrder("privileges", "tracepoints");
    assertThat(lines.get("privileges")).contains("sudo", "CAP_BPF", "CAP_PERFMON");
    assertThat(lines.get("tracepoints")).contains("EPERM");
    assertThat(ended.status()).isEqualTo(78);
  }

  @Test
  void withoutTheRightToAttachToCgroupsTcpIsAllRight() throws Exception {
    Ended ended = Launch.listening("doctor").asNobodyWith("bpf", "perfmon").run();
    assertThat(without(lines(ended), "missing")).isEmpty();
    assertThat(ended.status()).isZero();
  }

  @Test
  void rootOfAnotherUserNamespaceIsToldSo() throws Exception {
    Ended ended = Launch.listening("doctor").asRootOfAnotherUserNamespace().run();
    assertThat(lines(ended).get("privileges")).startsWith("missing").contains("user namespace");
    assertThat(ended.status()).isEqualTo(78);
  }

  @Test
  void aBadAddressIsABadOption() throws Exception {
    Ended ended = Launch.plain("doctor").with("TCPTOP_LISTEN", "junk").run();
    assertThat(ended.stderr()).startsWith("error: --listen takes HOST:PORT").hasLineCount(1);
    assertThat(ended.status()).isEqualTo(2);
  }
}
