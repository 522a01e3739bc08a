package dev.tcptop.collect.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.model.Connection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Connections that are older than tcptop, in each state that such a connection can have. Their
 * counts begin at zero, their lifetime counts are complete, and they have their owner.
 */
class OlderKernelIT {
  private static final int ENDS = 40; // PAIRS of older_workload.c

  @ParameterizedTest(name = "{0} in this namespace")
  @ValueSource(
      strings = {
        "established",
        "silent",
        "half-closed",
        "fin-wait-1",
        "closing",
        "last-ack",
        "syn-sent",
        "listener",
        "unaccepted",
        "inherited"
      })
  void hereTheyAreTrue(String state) throws Exception {
    assertTrue(state, List.of(), true);
  }

  @Tag("matrix")
  @ParameterizedTest(name = "{0} in another namespace")
  @ValueSource(
      strings = {
        "established",
        "silent",
        "half-closed",
        "fin-wait-1",
        "closing",
        "last-ack",
        "syn-sent",
        "listener",
        "unaccepted",
        "inherited"
      })
  void elsewhereTheyAreTrue(String state) throws Exception {
    try (Netns netns = Netns.create()) {
      assertTrue(state, netns.behind(), true);
    }
  }

  @ParameterizedTest(name = "{0}, closed before the first tick")
  @ValueSource(strings = {"established", "silent", "half-closed"})
  void thoseThatCloseBeforeTheFirstTickAreTrue(String state) throws Exception {
    assertTrue(state, List.of(), false);
  }

  private static void assertTrue(String state, List<String> behind, boolean tickFirst)
      throws Exception {
    try (StagedWorkload workload = StagedWorkload.start(behind, "older_workload", state);
        Watch watch = Watch.begin()) {
      if (tickFirst) {
        watch.tick();
      }
      workload.tell("go on");
      List<Truth> truths = workload.truths(ENDS);
      Map<String, Connection> closes = new HashMap<>();
      watch.awaitTicks(
          () -> {
            closes.clear();
            watch.closes().forEach(close -> closes.put(Truth.end(close), close));
            return truths.stream().allMatch(truth -> closes.containsKey(truth.end()));
          });
      List<String> wrong = new ArrayList<>();
      for (Truth truth : truths) {
        Connection close = closes.get(truth.end());
        if (close == null) {
          wrong.add(truth.end() + ": was not seen to close; it is " + truth.values());
        } else if (!truth.differences(close, watch.seesAccepts()).isEmpty()) {
          wrong.add(truth.end() + ": " + truth.differences(close, watch.seesAccepts()));
        }
      }
      assertThat(wrong).as("%d wrong of %d", wrong.size(), truths.size()).hasSize(0);
    }
  }
}
