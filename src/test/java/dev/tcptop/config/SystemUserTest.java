package dev.tcptop.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SystemUserTest {
  @ParameterizedTest
  @ValueSource(strings = {"root", " root "})
  void aUserIsReadByItsName(String text) {
    assertThat(SystemUser.parse(text)).isEqualTo(new SystemUser("root", 0, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "root:x", "no such user", "ROOT"})
  void anyOtherTextIsRefused(String text) {
    assertThatThrownBy(() -> SystemUser.parse(text))
        .isInstanceOf(BadValueException.class)
        .hasMessage(
            "takes the name of a user in /etc/passwd, such as nobody or root, not '" + text + "'");
  }

  @Test
  void theUsualUserIsNotRoot() {
    assertThat(SystemUser.usual().uid()).isNotZero();
    assertThat(SystemUser.usual().gid()).isNotZero();
  }
}
