package dev.tcptop.metrics;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An answer in the text format of OpenMetrics 1.0, read strictly: a type and a help before a
 * family's samples, which stand together; a suffix that the type allows; no series twice; {@code #
 * EOF} last.
 */
public final class Scrape {
  private static final Pattern META = Pattern.compile("# (TYPE|HELP) ([a-z_]+) (.+)");
  private static final String LABEL = "[a-z_]+=\"(?:[^\"\\\\\n]|\\\\[\\\\n\"])*\"";
  private static final Pattern SAMPLE =
      Pattern.compile("([a-z_]+)(?:\\{(" + LABEL + "(?:," + LABEL + ")*)})? (\\S+)");
  private static final Pattern ONE_LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Map<String, Set<String>> SUFFIXES =
      Map.of(
          "counter", Set.of("_total"),
          "gauge", Set.of(""),
          "summary", Set.of("_count", "_sum"),
          "histogram", Set.of("_count", "_sum", "_bucket"));

  private final Map<String, String> types = new HashMap<>();
  private final Map<String, String> helps = new HashMap<>();

  /** Values by name and labels, these in the order of their names. */
  private final Map<String, Map<Map<String, String>, Double>> series = new TreeMap<>();

  private Scrape() {}

  public static Scrape of(String text) {
    Scrape scrape = new Scrape();
    if (!text.endsWith("\n# EOF\n")) {
      throw new AssertionError("does not end with # EOF: " + text);
    }
    Set<String> done = new TreeSet<>();
    String family = "";
    for (String line : text.substring(0, text.length() - "# EOF\n".length()).split("\n")) {
      Matcher meta = META.matcher(line);
      Matcher sample = SAMPLE.matcher(line);
      if (meta.matches()) {
        if (!meta.group(2).equals(family)) {
          require(done.add(meta.group(2)), "a family in two places", line);
          family = meta.group(2);
        }
        Map<String, String> kind = meta.group(1).equals("TYPE") ? scrape.types : scrape.helps;
        require(kind.put(family, meta.group(3)) == null, "said twice", line);
      } else {
        require(sample.matches(), "no sample", line);
        String type = scrape.types.getOrDefault(family, "");
        String name = sample.group(1);
        require(scrape.helps.containsKey(family), "no help", line);
        require(
            name.startsWith(family)
                && SUFFIXES.getOrDefault(type, Set.of()).contains(name.substring(family.length())),
            "not a sample of the " + type + " " + family,
            line);
        Map<String, String> labels = labels(sample.group(2));
        Double before =
            scrape
                .series
                .computeIfAbsent(name, key -> new LinkedHashMap<>())
                .put(labels, Double.valueOf(sample.group(3)));
        require(before == null, "a series twice", line);
      }
    }
    return scrape;
  }

  private static void require(boolean condition, String what, String line) {
    if (!condition) {
      throw new AssertionError(what + ": " + line);
    }
  }

  private static Map<String, String> labels(String text) {
    Map<String, String> labels = new TreeMap<>();
    if (text != null) {
      Matcher one = ONE_LABEL.matcher(text);
      while (one.find()) {
        require(labels.put(one.group(1), one.group(2)) == null, "a label twice", text);
      }
    }
    return labels;
  }

  /** Families, as their samples are named. */
  public Set<String> names() {
    return series.keySet();
  }

  /** All series of a name. */
  public Map<Map<String, String>, Double> series(String name) {
    return series.getOrDefault(name, Map.of());
  }

  /**
   * The sum of the series of a name that have these labels, and perhaps more.
   *
   * @param labels names and values in turn
   */
  public double sum(String name, String... labels) {
    Map<String, String> wanted = new HashMap<>();
    for (int i = 0; i < labels.length; i += 2) {
      wanted.put(labels[i], labels[i + 1]);
    }
    double sum = 0;
    boolean found = false;
    for (Map.Entry<Map<String, String>, Double> one : series(name).entrySet()) {
      if (one.getKey().entrySet().containsAll(wanted.entrySet())) {
        sum += one.getValue();
        found = true;
      }
    }
    require(found, "there is no " + name, wanted.toString());
    return sum;
  }
}
