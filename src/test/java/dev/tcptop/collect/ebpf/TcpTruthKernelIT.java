package dev.tcptop.collect.ebpf;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TCP traffic whose every figure the workload knows: 0 wrong of all. */
class TcpTruthKernelIT {

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"short 2000"})
  void everyFigureIsTrue(String workload) throws Exception {
    try (Netns netns = Netns.create();
        Watch watch = Watch.begin()) {
      String[] command = ("tcp_workload " + workload).split(" ");
      Workload.assertTrue(watch, netns, Workload.run(watch, netns, command));
    }
  }
}
