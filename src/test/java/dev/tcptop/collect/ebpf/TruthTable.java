package dev.tcptop.collect.ebpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The results of a suite's cases, written to a file in {@code target}. */
final class TruthTable {
  private final Path file;
  private final List<String> lines = new ArrayList<>(List.of("case | ends compared | wrong"));

  TruthTable(String file) {
    this.file = Path.of("target", file);
  }

  void add(String name, int ends, int wrong) {
    lines.add(name + " | " + ends + " | " + wrong);
  }

  void write() throws IOException {
    Files.write(file, lines);
  }
}
