package dev.tcptop.bench;

import java.util.Arrays;
import java.util.Collection;

/** Medians, since machines are noisy. */
final class Figures {
  private Figures() {}

  static double median(Collection<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  static double median(double... values) {
    return median(Arrays.stream(values).boxed().toList());
  }
}
