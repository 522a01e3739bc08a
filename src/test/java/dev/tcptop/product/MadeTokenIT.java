package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.collect.ebpf.Netns;
import dev.tcptop.product.support.Await;
import dev.tcptop.product.support.Ended;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Needs;
import dev.tcptop.product.support.Product;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The token that tcptop makes where a user gives none. */
class MadeTokenIT {
  private static final String TOKEN = "/run/tcptop/token";

  @BeforeAll
  static void look() throws Exception {
    Needs.rootAnd("env", "setpriv", "curl", "unshare", "nsenter", "mount", "ip");
  }

  private static String readme(String line) throws Exception {
    Matcher matcher =
        Pattern.compile("(?m)^" + line + "$").matcher(Files.readString(Path.of("README.md")));
    assertThat(matcher.find()).as(line).isTrue();
    return matcher.group();
  }

  /** Runs a command where the product runs. */
  private static String run(Product product, String command) throws Exception {
    // The tests are root, and sudo may be missing.
    String script = "sudo() { \"$@\"; }\n" + command;
    Process shell =
        new ProcessBuilder(
                List.of("nsenter", "-t", "" + product.pid(), "-m", "-n", "bash", "-c", script))
            .redirectErrorStream(true)
            .start();
    String output = new String(shell.getInputStream().readAllBytes());
    shell.waitFor();
    return output;
  }

  @Test
  void theReadmesLinesReadTheStream() throws Exception {
    try (Netns netns = Netns.create();
        Product product = Launch.plain().withOwnFiles("true").in(netns).start()) {
      Await.untilTrue("the banner", () -> product.stderr().contains("token in " + TOKEN));
      String auth = readme("auth=\"Authorization: Bearer .*\"");
      String stream = readme("curl -N .*/api/v1/events .*");

      assertThat(run(product, auth + "\n(" + stream + "\n) 2>&1 | grep -m 1 '^event: tick'"))
          .startsWith("event: tick");
      assertThat(run(product, "curl -s localhost:7070/api/v1/connections"))
          .contains("\"status\":401", TOKEN);
      assertThat(run(product, "curl -s localhost:7070/q/health/live")).contains("UP");
    }
  }

  @Test
  void aUserHasOneInTheRuntimeDirectory(@TempDir Path runtime) throws Exception {
    Files.setAttribute(runtime, "unix:uid", 65534);
    Path token = runtime.resolve("tcptop/token");
    try (Product product =
        Launch.plain("--listen", "127.0.0.1:0")
            .with("XDG_RUNTIME_DIR", runtime.toString())
            .asNobodyWith("bpf", "perfmon")
            .start()) {
      Await.untilTrue("the banner", () -> product.stderr().contains("token in " + token));
    }
    assertThat(token).content().matches("[0-9a-f]{64}\n");
    assertThat(Files.getAttribute(token, "unix:uid")).isEqualTo(65534);
  }

  @Test
  void aStartThatIsRefusedMakesNone(@TempDir Path runtime) throws Exception {
    Files.setAttribute(runtime, "unix:uid", 65534);
    Ended ended =
        Launch.plain("--listen", "0.0.0.0:1234")
            .with("XDG_RUNTIME_DIR", runtime.toString())
            .asNobodyWith("bpf", "perfmon")
            .run();

    assertThat(ended.stderr()).startsWith("error: --listen takes ").hasLineCount(1);
    assertThat(runtime).isEmptyDirectory();
  }

  @Test
  void oneTableNeedsNone() throws Exception {
    Ended ended =
        Launch.plain("--once", "--interval", "100ms")
            .withOwnFiles("mkdir /run/tcptop && chown 65534 /run/tcptop")
            .run();

    assertThat(ended.stderr()).doesNotContain("error");
    assertThat(ended.status()).isZero();
  }

  @Test
  void aDirectoryOfAnotherUserIsRefused() throws Exception {
    Ended ended =
        Launch.plain("--listen", "127.0.0.1:0")
            .withOwnFiles("mkdir /run/tcptop && chown 65534 /run/tcptop")
            .run();

    assertThat(ended.stderr())
        .contains("nobody else can replace (/run/tcptop belongs to uid 65534)", TOKEN)
        .hasLineCount(1);
    assertThat(ended.status()).isEqualTo(2);
  }

  @Test
  void aUserWithoutADirectoryIsToldWhatToDo() throws Exception {
    Ended ended =
        Launch.plain("--listen", "127.0.0.1:0")
            .with("XDG_RUNTIME_DIR", "")
            .asNobodyWith("bpf", "perfmon")
            .run();

    assertThat(ended.stderr())
        .startsWith("error: XDG_RUNTIME_DIR ")
        .contains("--token-file", "--insecure")
        .hasLineCount(1);
    assertThat(ended.status()).isEqualTo(2);
  }
}
