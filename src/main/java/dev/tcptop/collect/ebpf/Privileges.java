package dev.tcptop.collect.ebpf;

import dev.tcptop.collect.CollectorException;
import dev.tcptop.collect.Errno;
import dev.tcptop.config.SystemUser;
import java.util.Optional;

/** The user and the capabilities of this process. */
public final class Privileges {
  private Privileges() {}

  /**
   * Gives up the capabilities that an open {@link EbpfCollector} no longer needs, and the user, in
   * all threads and for good. Afterwards the process cannot open another collector, nor a port
   * below 1024, and it can open a file only if the new user may. No other process of that user can
   * look into its memory.
   *
   * @param user the user to become; empty: {@link SystemUser#usual()} if this process may change
   *     its user, else the user that it has
   * @throws IllegalStateException if the process may not become that user
   * @throws CollectorException if it fails otherwise; some threads may have changed then
   */
  public static void drop(Optional<SystemUser> user) {
    Optional<SystemUser> next =
        user.or(
            () ->
                Requirements.mayChangeUser() ? Optional.of(SystemUser.usual()) : Optional.empty());
    int result =
        Native.dropPrivileges(
            next.map(SystemUser::uid).orElse(Native.SAME_USER),
            next.map(SystemUser::gid).orElse(Native.SAME_USER));
    if (result == -Errno.EPERM && next.isPresent()) {
      throw new IllegalStateException(
          "--user "
              + next.get().name()
              + ": to become another user takes root, or CAP_SETUID and CAP_SETGID");
    }
    if (result < 0) {
      throw new CollectorException("give up privileges", -result, "", "");
    }
  }
}
