package dev.tcptop.product.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The ids of the BPF programs, links and maps that one process holds. Those of other processes are
 * left out, since another tcptop may run on this machine.
 */
public record KernelObjects(TreeSet<String> programs, TreeSet<String> links, TreeSet<String> maps) {
  private static final Pattern ID = Pattern.compile("(?m)^(prog|link|map)_id:\\s+(\\d+)$");

  public static KernelObjects of(Product product) throws IOException {
    KernelObjects held = new KernelObjects(new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
    Path descriptors = Path.of("/proc", Long.toString(product.pid()), "fdinfo");
    List<Path> files;
    try (Stream<Path> list = Files.list(descriptors)) {
      files = list.toList();
    }
    for (Path file : files) {
      String info;
      try {
        info = Files.readString(file);
      } catch (IOException e) {
        continue; // the descriptor has been closed
      }
      ID.matcher(info)
          .results()
          .forEach(
              id ->
                  (switch (id.group(1)) {
                        case "prog" -> held.programs;
                        case "link" -> held.links;
                        default -> held.maps;
                      })
                      .add(id.group(2)));
    }
    return held;
  }

  /** The names that the kernel has for the programs. */
  public List<String> programNames() throws Exception {
    List<String> names = new ArrayList<>();
    for (String id : programs) {
      names.add(
          Product.JSON
              .readTree(bpftool("-j", "prog", "show", "id", id).output)
              .path("name")
              .asText());
    }
    return names;
  }

  /** Waits until the kernel has freed all of them, which it does after the process has ended. */
  public void awaitGone() throws Exception {
    awaitGone("prog", programs);
    awaitGone("link", links);
    awaitGone("map", maps);
  }

  private static void awaitGone(String kind, TreeSet<String> ids) throws Exception {
    assertThat(ids).as(kind).isNotEmpty();
    for (String id : ids) {
      Callable<Boolean> gone = () -> bpftool(kind, "show", "id", id).status != 0;
      Await.untilTrue(kind + " " + id + " is gone from the kernel", gone);
    }
  }

  private record Answer(int status, String output) {}

  private static Answer bpftool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("bpftool"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + ":" + more);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Answer(process.waitFor(), output);
  }
}
