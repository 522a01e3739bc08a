package dev.tcptop.http.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedHostsTest {
  private final AllowedHosts hosts = new AllowedHosts(List.of("Node-7", "tcptop.example"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "localhost:7070",
        "LOCALHOST:80",
        "127.0.0.1",
        "127.0.0.1:7070",
        "10.244.1.7:7070",
        "[::1]",
        "[::1]:7070",
        "[2001:DB8::1]:80",
        "[::ffff:10.0.0.1]:80",
        "[fe80::1%eth0]:80",
        "node-7:7070",
        "tcptop.example",
        "TCPTOP.Example:443"
      })
  void anAddressOrAKnownNameIsAllowed(String header) {
    assertThat(hosts.allow(header)).isTrue();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        ":7070",
        "evil.example",
        "evil.example:7070",
        "127.0.0.1.evil.example",
        "127.0.0.1.evil.example:7070",
        "localhost.evil.example",
        "evil.tcptop.example",
        "tcptop.example.",
        "node-7.evil.example",
        "evil.example#127.0.0.1",
        "user@127.0.0.1",
        "[evil.example]",
        "[::1].evil.example",
        "::1",
        "127.1",
        "2130706433",
        "0x7f000001"
      })
  void anythingElseIsNot(String header) {
    assertThat(hosts.allow(header)).isFalse();
  }
}
