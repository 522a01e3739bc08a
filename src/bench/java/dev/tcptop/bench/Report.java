package dev.tcptop.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The figures: each is printed as it comes, and all are written as JSON. */
final class Report {
  static final Path DIRECTORY = Path.of("target", "bench");

  private final List<Row> rows = new ArrayList<>();

  /**
   * A figure.
   *
   * @param unit for example ms; × for a ratio
   * @param target null where none was set
   */
  record Row(String part, String name, double value, String unit, @Nullable Target target) {}

  void add(String part, String name, double value, String unit) {
    add(part, name, value, unit, null);
  }

  void add(String part, String name, double value, String unit, @Nullable Target target) {
    Row row = new Row(part, name, value, unit, target);
    rows.add(row);
    System.out.println(line(row));
  }

  /** Prints that a figure can't be measured here, and why. */
  void skip(String part, String name, String why) {
    System.out.printf("%-10s %-66s %s%n", part, name, why);
  }

  private static String line(Row row) {
    String verdict =
        row.target == null
            ? ""
            : row.target + (row.target.isMetBy(row.value) ? "  met" : "  MISSED");
    return "%-10s %-66s %10s %-5s %s"
        .formatted(row.part, row.name, number(row.value), row.unit, verdict)
        .stripTrailing();
  }

  /** Three significant digits, and all digits of the integer part: 0.992, 38.1 and 12345. */
  static String number(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      return Long.toString((long) value);
    }
    double size = Math.abs(value);
    String format = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
    return String.format(Locale.ROOT, format, value);
  }

  /** Whether every target is met. */
  boolean isMet() {
    return rows.stream().allMatch(row -> row.target == null || row.target.isMetBy(row.value));
  }

  void write() throws IOException {
    List<Map<String, Object>> figures = new ArrayList<>();
    for (Row row : rows) {
      Map<String, Object> figure = new LinkedHashMap<>();
      figure.put("part", row.part);
      figure.put("name", row.name);
      figure.put("value", row.value);
      figure.put("unit", row.unit);
      if (row.target != null) {
        figure.put(row.target.most() ? "atMost" : "atLeast", row.target.bound());
        figure.put("met", row.target.isMetBy(row.value));
      }
      figures.add(figure);
    }
    Path file = DIRECTORY.resolve("bench.json");
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(file.toFile(), figures);
    System.out.println("written: " + file);
  }
}
