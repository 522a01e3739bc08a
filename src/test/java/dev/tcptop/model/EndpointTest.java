package dev.tcptop.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointTest {

  @ParameterizedTest
  @CsvSource({
    "192.168.1.1, 443, 192.168.1.1:443",
    "0.0.0.0, 0, 0.0.0.0:0",
    "255.255.255.255, 65535, 255.255.255.255:65535",
    "2001:db8::1, 443, [2001:db8::1]:443",
    "::, 0, [::]:0",
    "::1, 65535, [::1]:65535",
    "fe80::1%2, 22, [fe80::1%2]:22"
  })
  void onlyAnIpv6AddressIsBracketed(String address, int port, String text) {
    assertThat(Endpoint.of(address, port)).hasToString(text);
  }
}
