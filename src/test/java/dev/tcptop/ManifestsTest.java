package dev.tcptop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The DaemonSet of k8s: who may ask. */
class ManifestsTest {
  private static JsonNode pod;
  private static JsonNode container;

  @BeforeAll
  static void read() throws IOException {
    pod =
        new ObjectMapper(new YAMLFactory())
            .readTree(Path.of("k8s/base/daemonset.yaml").toFile())
            .at("/spec/template/spec");
    container = pod.at("/containers/0");
  }

  private static JsonNode named(String name, JsonNode list) {
    for (JsonNode each : list) {
      if (each.path("name").asText().equals(name)) {
        return each;
      }
    }
    throw new AssertionError(name + " is not in " + list);
  }

  @Test
  void requestsNeedTheTokenOfTheSecret() {
    List<String> args = new ArrayList<>();
    container.path("args").forEach(arg -> args.add(arg.asText()));
    JsonNode mount = named("token", container.path("volumeMounts"));
    JsonNode secret = named("token", pod.path("volumes")).path("secret");

    assertThat(args)
        .contains("--token-file=" + mount.path("mountPath").asText() + "/token")
        .doesNotContain("--insecure");
    assertThat(secret.path("secretName").asText()).isEqualTo("tcptop-token");
    assertThat(secret.path("optional").asBoolean()).isFalse();
  }

  /** TokenIT shows that the two need none. */
  @ParameterizedTest
  @ValueSource(strings = {"startupProbe", "livenessProbe", "readinessProbe"})
  void aProbeNeedsNone(String probe) {
    assertThat(container.path(probe).at("/httpGet/path").asText())
        .isIn("/q/health/live", "/q/health/ready");
  }
}
