package dev.tcptop.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which files are read: SettingsIT. */
class SettingSourcesTest {
  private static SmallRyeConfig config(String given) {
    return new SmallRyeConfigBuilder()
        .addDefaultInterceptors()
        .withInterceptors(new SettingSources.Verbatim())
        .withSources(new PropertiesConfigSource(Map.of("given", given), "test", 250))
        .withDefaultValue("default", "${given}")
        .build();
  }

  @ParameterizedTest
  @ValueSource(strings = {"${user.home}", "process ~ \"\\$x\"", "a${b", "$$", "${none:}"})
  void aValueThatIsGivenStandsForItself(String given) {
    assertThat(config(given).getConfigValue("given").getValue()).isEqualTo(given);
  }

  @Test
  void aDefaultMayReferToAnotherValue() {
    assertThat(config("7").getConfigValue("default").getValue()).isEqualTo("7");
  }
}
