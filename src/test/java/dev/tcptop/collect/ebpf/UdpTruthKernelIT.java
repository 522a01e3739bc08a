package dev.tcptop.collect.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.collect.ebpf.EbpfCollector.Settings;
import dev.tcptop.model.Connection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * UDP traffic whose every figure the workload knows: 0 wrong of all ends, whichever way UDP is
 * observed.
 */
class UdpTruthKernelIT {
  private static final double SCALE =
      Double.parseDouble(System.getProperty("tcptop.test.scale", "1"));

  /** No workload pauses so long within a flow; a slow machine's may. */
  private static final Duration IDLE = Duration.ofMillis(SCALE < 1 ? 5000 : 500);

  private static final List<String> RESULTS = new ArrayList<>();
}
