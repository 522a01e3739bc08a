package dev.tcptop.bench;

import dev.tcptop.FreePort;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Product;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The time from exec to the first line on stdout and to the first 200, on each installed JDK. */
final class Start implements Part {
  @Override
  public String name() {
    return "start";
  }

  @Override
  public void measure(Report report, int rounds) throws Exception {
    TreeMap<Integer, Path> jdks = jdks();
    try (Load load = Load.hold(100, 100, 600)) {
      for (Map.Entry<Integer, Path> jdk : jdks.entrySet()) {
        Map<String, String> plain =
            Map.of("JAVA_HOME", jdk.getValue().toString(), "TCPTOP_ARCHIVE", "off");
        Map<String, String> archived = Map.of("JAVA_HOME", jdk.getValue().toString());
        makeArchive(jdk.getValue());
        List<Double> without = new ArrayList<>();
        List<Double> with = new ArrayList<>();
        List<Double> answers = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
          without.add(first(plain));
          with.add(first(archived));
          answers.add(answered(archived));
        }
        String java = "JDK " + jdk.getKey();
        boolean newest = jdk.getKey().equals(jdks.lastKey());
        report.add(
            name(),
            java + ", no archive: first line",
            Figures.median(without),
            "s",
            jdk.getKey() == 17 ? Target.atMost(1.5) : null);
        report.add(
            name(),
            java + ", archive: first line",
            Figures.median(with),
            "s",
            newest ? Target.atMost(0.7) : null);
        report.add(name(), java + ", archive: first 200", Figures.median(answers), "s");
      }
    }
  }

  private static TreeMap<Integer, Path> jdks() throws IOException {
    TreeMap<Integer, Path> jdks = new TreeMap<>();
    try (Stream<Path> homes = Files.list(Path.of("/usr/lib/jvm"))) {
      for (Path home : homes.filter(h -> Files.exists(h.resolve("release"))).toList()) {
        String release = Files.readString(home.resolve("release"));
        String version = release.replaceAll("(?s).*JAVA_VERSION=\"(\\d+).*", "$1");
        jdks.put(Integer.valueOf(version), home);
      }
    }
    return jdks;
  }

  private static void makeArchive(Path jdk) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("./tcptop").inheritIO();
    builder.environment().putAll(Map.of("JAVA_HOME", jdk.toString(), "TCPTOP_ARCHIVE", "make"));
    builder.start().waitFor();
  }

  private static double first(Map<String, String> environment)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("./tcptop").redirectError(new File("/dev/null"));
    builder.environment().putAll(environment);
    builder.environment().put("TCPTOP_INSECURE", "true");
    builder.environment().put("TCPTOP_LISTEN", "127.0.0.1:" + FreePort.find());
    long start = System.nanoTime();
    Process process = builder.start();
    try (InputStream out = process.getInputStream()) {
      out.read();
      return (System.nanoTime() - start) / 1e9;
    } finally {
      process.destroy();
      process.waitFor();
    }
  }

  private static double answered(Map<String, String> environment) throws Exception {
    Launch launch = Launch.listening().into(Launch.NOWHERE);
    environment.forEach(launch::with);
    long start = System.nanoTime();
    try (Product tcptop = launch.startAndWait()) {
      return (System.nanoTime() - start) / 1e9;
    }
  }
}
