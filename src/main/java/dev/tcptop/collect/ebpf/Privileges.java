package dev.tcptop.collect.ebpf;

import dev.tcptop.collect.CollectorException;

/** The capabilities of this process. */
public final class Privileges {
  private Privileges() {}

  /**
   * Gives up the capabilities that an open {@link EbpfCollector} no longer needs, in all threads
   * and for good. Afterwards the process cannot open another collector, nor a port below 1024.
   *
   * @throws CollectorException if that fails; some threads may have lost their capabilities then
   */
  public static void drop() {
    int result = Native.dropPrivileges();
    if (result < 0) {
      throw new CollectorException("give up privileges", -result, "", "");
    }
  }
}
