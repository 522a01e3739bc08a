package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tcptop.FreePort;
import dev.tcptop.product.support.Ended;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Needs;
import dev.tcptop.product.support.Product;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files that settings come from. */
class SettingsIT {
  private static final String FILE = "/etc/tcptop/tcptop.properties";

  @BeforeAll
  static void look() throws IOException {
    Needs.rootAnd("env", "unshare", "mount", "mkfifo");
  }

  /** A script that writes the file of settings. */
  private static String having(String... settings) {
    return "mkdir /etc/tcptop && printf '%s\\n' '" + String.join("' '", settings) + "' >" + FILE;
  }

  /** Each file would end the start, and make tcptop write a file besides. */
  @Test
  void noFileOfTheCurrentDirectoryIsRead(@TempDir Path directory) throws Exception {
    Path written = directory.resolve("written");
    String keys =
        "tcptop.bytes=junk\nquarkus.log.file.enabled=true\nquarkus.log.file.path=" + written;
    Files.createDirectory(directory.resolve("config"));
    for (String name :
        List.of(
            "config/application.properties",
            "config/application-prod.properties",
            "application.properties",
            "microprofile-config.properties",
            "named.properties")) {
      Files.writeString(directory.resolve(name), keys);
    }
    String variables = "TCPTOP_BYTES=junk\nQUARKUS_LOG_FILE_ENABLED=true\n";
    for (String name : List.of(".env", ".env-prod")) {
      Files.writeString(directory.resolve(name), variables);
    }
    Ended ended =
        Launch.plain("--once", "--interval", "100ms")
            .with("SMALLRYE_CONFIG_LOCATIONS", "named.properties")
            .with("QUARKUS_CONFIG_LOCATIONS", "named.properties")
            .from(directory)
            .run();

    assertThat(ended.stderr()).doesNotContain("WARN", "error", "junk");
    assertThat(ended.status()).isZero();
    assertThat(written).doesNotExist();
    assertThat(directory.resolve("quarkus.log")).doesNotExist();
  }

  @Test
  void anOptionWinsOverTheEnvironmentAndThatOverTheFile() throws Exception {
    Launch launch =
        Launch.listening("--interval", "200ms")
            .withOwnFiles(
                having(
                    "tcptop.interval=5s",
                    "tcptop.node=file",
                    "tcptop.no-stdout=true",
                    "tcptop.max-subscribers=1",
                    "tcptop.kernel.udp=off"))
            .with("TCPTOP_INTERVAL", "4s")
            .with("TCPTOP_NODE", "environment");
    try (Product product = launch.startAndWait()) {
      JsonNode status = product.json("/api/v1/status");
      assertThat(status.path("intervalMillis").asLong()).isEqualTo(200);
      assertThat(status.path("node").asText()).isEqualTo("environment");
      assertThat(status.at("/udp/reason").asText()).isEqualTo("it is switched off");
      assertThat(product.stdout()).isEmpty();
    }
  }

  @Test
  void theDoctorLooksAtTheAddressOfTheFile() throws Exception {
    String address = "127.0.0.1:" + FreePort.find();
    Ended ended = Launch.plain("doctor").withOwnFiles(having("tcptop.listen=" + address)).run();

    assertThat(ended.stdout()).contains(address + " is free", "/run/tcptop/token");
  }

  @ParameterizedTest
  @CsvSource({
    "tcptop.interval=5, --interval takes a duration from 100ms",
    "tcptop.listen=7070, --listen takes HOST:PORT",
    "tcptop.debug=maybe, --debug takes true or false",
    "tcptop.nonsense=1, tcptop.nonsense"
  })
  void aBadSettingIsRefused(String setting, String takes) throws Exception {
    Ended ended = Launch.plain().withOwnFiles(having(setting)).run();

    assertThat(ended.stderr()).startsWith("error: ").contains(takes).hasLineCount(1);
    assertThat(ended.status()).isEqualTo(2);
  }

  /** Each script changes the file $f or its directory $d. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          chown 65534 $f                       | belongs to root (this one belongs to uid 65534)
          chmod g+w $f                         | its owner alone can write
          chmod o+w $f                         | its owner alone can write
          chown 65534 $d                       | nobody else can replace ($d belongs to uid 65534)
          chmod o+w $d                         | nobody else can replace ($d can be written by others)
          mv $f $d/x; ln -s x $f; chown -h 65534 $f | nobody else can replace ($f belongs to uid 65534)
          rm $f; mkfifo -m 644 $f              | a regular file
          rm $f; mkdir $f                      | a regular file
          """)
  void aFileThatOthersCanChangeIsRefused(String script, String takes) throws Exception {
    String change = "f=" + FILE + "; d=/etc/tcptop; " + script;
    Ended ended =
        Launch.plain("--once")
            .withOwnFiles(having("tcptop.interval=2s") + " && { " + change + "; }")
            .run();

    assertThat(ended.stderr())
        .startsWith("error: " + FILE + " has to be ")
        .contains(takes.replace("$d", "/etc/tcptop").replace("$f", FILE))
        .hasLineCount(1);
    assertThat(ended.status()).isEqualTo(2);
  }
}
