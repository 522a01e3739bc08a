package dev.tcptop.bench;

/**
 * The bound that a figure should keep.
 *
 * @param most whether the bound is an upper one
 */
record Target(boolean most, double bound) {
  static Target atMost(double bound) {
    return new Target(true, bound);
  }

  static Target atLeast(double bound) {
    return new Target(false, bound);
  }

  boolean isMetBy(double value) {
    return most ? value <= bound : value >= bound;
  }

  @Override
  public String toString() {
    return (most ? "≤ " : "≥ ") + Report.number(bound);
  }
}
