package dev.tcptop.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
  private static final long LINK_LOCAL = 0xfe80L << 48;

  private static Address read(String text) {
    return Objects.requireNonNull(Address.parse(text), text);
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, 0.0.0.0",
    "255.255.255.255, 255.255.255.255",
    "10.0.0.1, 10.0.0.1",
    "::, ::",
    "::1, ::1",
    "0:0:0:0:0:0:0:1, ::1",
    "2001:DB8::1, 2001:db8::1",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "FE80:0::5%2, fe80::5%2",
    "::ffff:10.0.0.1, 10.0.0.1",
    "::ffff:0a00:0001, 10.0.0.1"
  })
  void itHasOneText(String read, String text) {
    assertThat(read(read)).hasToString(text).isEqualTo(read(text)).hasSameHashCodeAs(read(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "10.0.0",
        "10.0.0.256",
        "010.0.0.1",
        "1.2.3.4%2",
        "fe80::1%",
        "::g",
        "1:2",
        "10.0.0.1:80"
      })
  void otherTextsAreNoAddress(String text) {
    assertThat(Address.parse(text)).isNull();
  }

  @Test
  void anAddressOfNumbersIsThatOfItsText() {
    assertThat(Address.ofIpv4(0x0a000001)).isEqualTo(read("10.0.0.1"));
    assertThat(Address.ofIpv4(0xc0a80101)).isEqualTo(read("192.168.1.1"));
    assertThat(Address.ofIpv6(0x20010db8_00000000L, 1, 0)).isEqualTo(read("2001:db8::1"));
    assertThat(Address.ofIpv6(0, 0xffff_0a00_0001L, 0)).isEqualTo(read("10.0.0.1"));
    assertThat(Address.ofIpv6(LINK_LOCAL, 5, 2)).isEqualTo(read("fe80::5%2"));
    assertThat(Address.ofIpv6(LINK_LOCAL, 5, 0)).isEqualTo(read("fe80::5"));
  }

  @Test
  void onlyALinkLocalAddressKeepsItsScope() {
    assertThat(Address.ofIpv6(0x20010db8_00000000L, 1, 2)).hasToString("2001:db8::1");
    assertThat(Address.ofIpv6(0xfebfL << 48, 1, 2)).hasToString("febf::1%2");
    assertThat(Address.ofIpv6(0xfec0L << 48, 1, 2)).hasToString("fec0::1");
  }

  @Test
  void itKnowsItselfByItsNumbers() {
    Address ipv4 = Address.ofIpv4(0xffff_fffe);
    Address ipv6 = Address.ofIpv6(LINK_LOCAL, 5, 2);

    assertThat(ipv4.isIpv4(0xffff_fffe)).isTrue();
    assertThat(ipv4.isIpv4(0xffff_ffff)).isFalse();
    assertThat(ipv4.isIpv6(0, 0xffff_fffeL, 0)).isFalse();
    assertThat(ipv6.isIpv6(LINK_LOCAL, 5, 2)).isTrue();
    assertThat(ipv6.isIpv6(LINK_LOCAL, 5, 3)).isFalse();
    assertThat(ipv6.isIpv6(LINK_LOCAL, 5, 0)).isFalse();
    assertThat(ipv6.isIpv4(5)).isFalse();
    assertThat(Address.ofIpv6(1, 5, 0).isIpv6(1, 5, 2)).as("no scope to keep").isTrue();
  }

  @Test
  void addressesAreInTheOrderOfTheirNumbers() {
    List<String> ordered =
        List.of(
            "0.0.0.0",
            "9.255.255.255",
            "10.0.0.1",
            "128.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "2001:db8::1",
            "2001:db8:0:1::",
            "fe80::5",
            "fe80::5%1",
            "fe80::5%2",
            "ff02::1");

    List<String> shuffled = new ArrayList<>(ordered);
    Collections.reverse(shuffled);

    assertThat(shuffled.stream().map(AddressTest::read).sorted())
        .map(Address::toString)
        .isEqualTo(ordered);
  }
}
