package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.collect.Collector;
import dev.tcptop.collect.ebpf.EbpfCollector;
import dev.tcptop.publish.ConnectionFeed;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** This is not a {@code QuarkusTest}, since it looks at types alone. */
class PlatformTest {
  @Test
  @DisplayName("decision 16: the platform is behind an abstraction")
  void abstraction() {
    assertThat(Collector.class).isInterface().isAssignableFrom(EbpfCollector.class);
    assertThat(
            Arrays.stream(ConnectionFeed.class.getDeclaredConstructors())
                .flatMap(constructor -> Arrays.stream(constructor.getParameterTypes())))
        .contains(Collector.class)
        .noneMatch(type -> type.getPackageName().equals("dev.tcptop.collect.ebpf"));
  }
}
