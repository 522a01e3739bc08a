package dev.tcptop.collect.ebpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the cases of a suite came to, as a file in {@code target}. */
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
