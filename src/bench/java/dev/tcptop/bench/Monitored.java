package dev.tcptop.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tcptop.FreePort;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Product;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The cost for monitored programs: the throughput and latency of their work beside a watcher, as a
 * ratio to those without a watcher before and after. The work is on loopback.
 */
final class Monitored implements Part {
  private static final int SECONDS = 2;
  private static final String NONE = "nothing";
  private static final String TCPTOP = "tcptop";
  private static final String CONNECTION_EACH = "wrk, a connection each";

  /** The pause after the start of a watcher. */
  private static final int SETTLE_MILLIS = 4000;

  /** Runs of short connections beside a watcher before the measured runs. */
  private static final int WARM_UPS = 4;

  /** bcc's tcptop by tracepoints, which see the same as its kprobes and exist from Linux 6.3 on. */
  private static final String BPFTRACE =
      """
      tracepoint:sock:sock_send_length /args->ret > 0/ {
        $sk = (struct sock *)args->sk;
        @sent[pid, comm, $sk->__sk_common.skc_rcv_saddr, $sk->__sk_common.skc_num,
            $sk->__sk_common.skc_daddr, $sk->__sk_common.skc_dport] = sum(args->ret);
      }
      tracepoint:sock:sock_recv_length /args->ret > 0/ {
        $sk = (struct sock *)args->sk;
        @received[pid, comm, $sk->__sk_common.skc_rcv_saddr, $sk->__sk_common.skc_num,
            $sk->__sk_common.skc_daddr, $sk->__sk_common.skc_dport] = sum(args->ret);
      }
      interval:s:1 { print(@sent); print(@received); clear(@sent); clear(@received); }
      """;

  private final boolean inMachine;

  /**
   * @param inMachine whether this runs in a virtual machine of src/test/vm, beside the peer that
   *     needs kprobes
   */
  Monitored(boolean inMachine) {
    this.inMachine = inMachine;
  }

  @Override
  public String name() {
    return inMachine ? "machine" : "monitored";
  }

  private interface Watcher {
    AutoCloseable start() throws Exception;
  }

  /** Nothing reads the stdout of tcptop, and no terminal slows it down. */
  private static final Watcher TCPTOP_WATCHES =
      () -> Launch.listening().into(Launch.NOWHERE).startAndWait();

  private interface Work {
    /** Figures by name. Smaller is better where the name ends in "latency", else larger. */
    Map<String, Double> run() throws Exception;
  }

  @Override
  public void measure(Report report, int rounds) throws Exception {
    Map<String, Watcher> peers = inMachine ? peersInMachine() : peers();
    // By figure and watcher, one ratio for each run of the watcher.
    Map<String, Map<String, List<Double>>> ratios = new LinkedHashMap<>();
    try (Servers servers = new Servers()) {
      Map<String, Work> works = works(servers);
      Map<String, Double> before = run(works, NONE, () -> () -> {});
      for (int round = 0; round < rounds; round++) {
        for (Map.Entry<String, Watcher> watcher : sequence(peers, round)) {
          Map<String, Double> with = run(works, watcher.getKey(), watcher.getValue());
          Map<String, Double> after = run(works, NONE, () -> () -> {});
          for (String figure : with.keySet()) {
            double without = (before.get(figure) + after.get(figure)) / 2;
            add(ratios, figure, watcher.getKey(), with.get(figure) / without);
            add(ratios, figure, NONE, after.get(figure) / before.get(figure));
          }
          before = after;
        }
      }
    }
    ratios.forEach(
        (figure, byWatcher) ->
            byWatcher.forEach(
                (watcher, values) ->
                    report.add(
                        name(),
                        figure + ", " + watcher + " to without (" + values.size() + ")",
                        Figures.median(values),
                        "×",
                        watcher.equals(TCPTOP) && !inMachine ? target(figure) : null)));
  }

  /** A round: tcptop twice, and each peer once. */
  private static List<Map.Entry<String, Watcher>> sequence(Map<String, Watcher> peers, int round) {
    List<Map.Entry<String, Watcher>> sequence = new ArrayList<>();
    sequence.add(Map.entry(TCPTOP, TCPTOP_WATCHES));
    for (Map.Entry<String, Watcher> peer : peers.entrySet()) {
      sequence.add(peer);
    }
    sequence.add(Map.entry(TCPTOP, TCPTOP_WATCHES));
    return sequence;
  }

  private static Target target(String figure) {
    return switch (figure) {
      case "iperf3 TCP, one stream" -> Target.atLeast(0.99);
      case CONNECTION_EACH -> Target.atLeast(0.97);
      case "UDP, full rate" -> Target.atLeast(0.93);
      default -> null;
    };
  }

  private static void add(
      Map<String, Map<String, List<Double>>> ratios, String figure, String watcher, double ratio) {
    ratios
        .computeIfAbsent(figure, f -> new LinkedHashMap<>())
        .computeIfAbsent(watcher, w -> new ArrayList<>())
        .add(ratio);
  }

  private static Map<String, Double> run(Map<String, Work> works, String name, Watcher watcher)
      throws Exception {
    Map<String, Double> figures = new LinkedHashMap<>();
    try (AutoCloseable watching = watcher.start()) {
      if (!name.equals(NONE)) {
        Thread.sleep(SETTLE_MILLIS);
        if (watching instanceof Program program && !program.isAlive()
            || watching instanceof Product product && !product.isAlive()) {
          throw new IOException(name + " has ended, see target/bench/errors.log");
        }
      }
      // Short connections warm the JVM up until it has compiled the code that runs often.
      for (int i = 0; i < WARM_UPS && !name.equals(NONE); i++) {
        works.get(CONNECTION_EACH).run();
      }
      for (Map.Entry<String, Work> work : works.entrySet()) {
        work.getValue()
            .run()
            .forEach(
                (figure, value) ->
                    figures.put(
                        figure.isEmpty() ? work.getKey() : work.getKey() + ": " + figure, value));
      }
    }
    return figures;
  }

  private static Map<String, Watcher> peers() throws Exception {
    Map<String, Watcher> peers = new LinkedHashMap<>();
    peers.put(
        "hooks that do nothing",
        () -> Program.startQuietly("src/bench/c/.output/hooks", cgroupRoot()));
    peers.put("nethogs", () -> Program.startQuietly("nethogs", "-a", "-t", "-d", "1", "lo"));
    peers.put("iftop", () -> Program.startQuietly("iftop", "-t", "-n", "-N", "-i", "lo"));
    peers.put(
        "ss -tinp each second",
        () -> Program.startQuietly("bash", "-c", "while ss -tinp; do sleep 1; done"));
    if (Files.exists(Path.of("/sys/kernel/tracing/events/sock/sock_send_length"))) {
      peers.put("bpftrace", () -> Program.startQuietly("bpftrace", "-e", BPFTRACE));
    }
    return peers;
  }

  private static String cgroupRoot() throws IOException {
    return Files.readAllLines(Path.of("/proc/mounts")).stream()
        .map(line -> line.split(" ", -1))
        .filter(fields -> fields[2].equals("cgroup2"))
        .map(fields -> fields[1])
        .findFirst()
        .orElseThrow(() -> new IOException("no cgroup v2 is mounted"));
  }

  private static Map<String, Watcher> peersInMachine() {
    return Map.of(
        "tcptop of libbpf-tools", () -> Program.startQuietly("/usr/sbin/tcptop", "-C", "1"));
  }

  private Map<String, Work> works(Servers servers) {
    Map<String, Work> works = new LinkedHashMap<>();
    works.put("iperf3 TCP, one stream", () -> iperf3(servers, 1));
    works.put("iperf3 TCP, eight streams", () -> iperf3(servers, 8));
    works.put("UDP, full rate", Monitored::udp);
    works.put("wrk, keep-alive", () -> wrk(servers));
    works.put(CONNECTION_EACH, () -> wrk(servers, "-H", "Connection: close"));
    if (!inMachine) {
      works.put("redis-benchmark, GET", () -> redis(servers));
    }
    return works;
  }

  private static Map<String, Double> iperf3(Servers servers, int streams) throws Exception {
    String json =
        Program.run(
            "iperf3",
            "-c",
            "127.0.0.1",
            "-p",
            "" + servers.iperf3Port,
            "-P",
            "" + streams,
            "-t",
            "" + SECONDS,
            "-J");
    return Map.of(
        "", new ObjectMapper().readTree(json).at("/end/sum_received/bits_per_second").asDouble());
  }

  private static Map<String, Double> udp() throws Exception {
    try (Load load = Load.udp(64, SECONDS)) {
      return Map.of("", (double) load.done());
    }
  }

  private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([\\d.]+)");
  private static final Pattern P99 = Pattern.compile("99%\\s+([\\d.]+)(us|ms|s)");

  private static Map<String, Double> wrk(Servers servers, String... options) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("wrk", "-t1", "-c16", "-d" + SECONDS, "--latency"));
    command.addAll(List.of(options));
    command.add("http://127.0.0.1:" + servers.nginxPort + "/");
    String text = Program.run(command.toArray(String[]::new));
    Matcher rate = RATE.matcher(text);
    Matcher p99 = P99.matcher(text);
    if (!rate.find() || !p99.find()) {
      throw new IOException("wrk said " + text);
    }
    double scale =
        switch (p99.group(2)) {
          case "us" -> 1e-6;
          case "ms" -> 1e-3;
          default -> 1;
        };
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("", Double.valueOf(rate.group(1)));
    figures.put("p99 latency", Double.parseDouble(p99.group(1)) * scale);
    return figures;
  }

  private static Map<String, Double> redis(Servers servers) throws Exception {
    String text =
        Program.run(
            "redis-benchmark",
            "-p",
            "" + servers.redisPort,
            "-t",
            "get",
            "-c",
            "50",
            "-n",
            "150000",
            "--csv");
    // "test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_…","p99_…","max_…"
    String[] values = text.strip().lines().reduce((a, b) -> b).orElse("").split(",", -1);
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("", Double.valueOf(values[1].replace("\"", "")));
    figures.put("p99 latency", Double.valueOf(values[6].replace("\"", "")));
    return figures;
  }

  /** The servers of the work, on free ports of loopback. */
  private final class Servers implements AutoCloseable {
    final int iperf3Port = FreePort.find();
    final int nginxPort = FreePort.find();
    final int redisPort = FreePort.find();
    private final Path home = Files.createTempDirectory("tcptop-bench");
    private final List<Program> programs = new ArrayList<>();

    Servers() throws IOException, InterruptedException {
      Path settings = home.resolve("nginx.conf");
      Files.writeString(home.resolve("index.html"), "a page\n".repeat(20));
      Files.writeString(
          settings,
          """
          daemon off; user root; worker_processes 1; pid %1$s/nginx.pid; error_log %1$s/error.log;
          events { worker_connections 1024; }
          http { access_log off; keepalive_requests 1000000000;
                 server { listen 127.0.0.1:%2$d; root %1$s; } }
          """
              .formatted(home, nginxPort));
      programs.add(Program.startQuietly("iperf3", "-s", "-B", "127.0.0.1", "-p", "" + iperf3Port));
      programs.add(Program.startQuietly("nginx", "-c", settings.toString()));
      if (!inMachine) {
        programs.add(
            Program.startQuietly(
                "redis-server",
                "--bind",
                "127.0.0.1",
                "--port",
                "" + redisPort,
                "--save",
                "",
                "--dir",
                home.toString()));
      }
      Thread.sleep(1000);
    }

    @Override
    public void close() throws IOException {
      for (Program program : programs) {
        program.close();
      }
      Program deletion = Program.startQuietly("rm", "-r", home.toString());
      while (deletion.isAlive()) {
        Thread.onSpinWait();
      }
      deletion.close();
    }
  }
}
