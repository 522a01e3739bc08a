package dev.tcptop.collect.ebpf;

import dev.tcptop.collect.CollectorException;

/** What this process may do besides what its user may. */
public final class Privileges {
  private Privileges() {}

  /**
   * Gives up for good, in all threads, what an open {@link EbpfCollector} does not need any more:
   * another can't be opened afterwards, and no port below 1024.
   *
   * @throws CollectorException if that fails; some threads may have given up theirs
   */
  public static void drop() {
    int result = Native.dropPrivileges();
    if (result < 0) {
      throw new CollectorException("give up privileges", -result, "", "");
    }
  }
}
