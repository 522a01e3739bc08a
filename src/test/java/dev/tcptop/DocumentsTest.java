package dev.tcptop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The documents: what they link to exists, and the README stays short. */
class DocumentsTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
  private static final Pattern CODE = Pattern.compile("(?ms)^```.*?^```$");

  /** All of the project's own, none of a build's. */
  static List<Path> documents() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(""))) {
      return files
          .filter(file -> file.toString().endsWith(".md"))
          .filter(file -> Stream.of("target", "node_modules").noneMatch(file::startsWith))
          .filter(
              file -> Stream.of(file.toString().split("/")).noneMatch(name -> name.startsWith(".")))
          .sorted()
          .toList();
    }
  }

  private static String prose(Path document) throws IOException {
    return CODE.matcher(Files.readString(document)).replaceAll("");
  }

  /** The anchors of its headings, as GitHub makes them. */
  private static List<String> anchors(Path document) throws IOException {
    return HEADING
        .matcher(prose(document))
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("documents")
  void whatItLinksToExists(Path document) throws IOException {
    for (MatchResult link : LINK.matcher(prose(document)).results().toList()) {
      String target = link.group(1);
      if (target.matches("[a-z]+://.*")) {
        continue;
      }
      String[] parts = target.split("#", 2);
      Path file = parts[0].isEmpty() ? document : document.resolveSibling(parts[0]).normalize();
      assertThat(file).as("%s links to it", document).exists();
      if (parts.length == 2) {
        assertThat(anchors(file)).as("%s links to %s", document, target).contains(parts[1]);
      }
    }
  }

  @Test
  void theDocumentsAreThere() throws IOException {
    assertThat(documents())
        .contains(Path.of("README.md"), Path.of("docs/http.md"), Path.of("k8s/README.md"));
  }

  @Test
  void theReadmeIsShort() throws IOException {
    assertThat(Files.readAllLines(Path.of("README.md"))).hasSizeLessThanOrEqualTo(150);
  }
}
