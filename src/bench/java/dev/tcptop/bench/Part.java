package dev.tcptop.bench;

/** One group of measurements. */
interface Part {
  String name();

  /**
   * @param rounds how often noisy figures are measured
   */
  void measure(Report report, int rounds) throws Exception;
}
