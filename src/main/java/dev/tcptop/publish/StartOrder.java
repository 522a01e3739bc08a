package dev.tcptop.publish;

import jakarta.interceptor.Interceptor;

/**
 * The order in which the parts of tcptop start, as priorities of observers of {@code StartupEvent}.
 * All of them come before Quarkus' scheduler, which starts at {@code PLATFORM_BEFORE}, and before
 * the port is open.
 */
public final class StartOrder {
  /** Settings that can be refused are refused before anything is loaded. */
  public static final int CHECKS = Interceptor.Priority.PLATFORM_BEFORE - 3;

  /** Listeners subscribe before the first frame, which has all connections that exist. */
  public static final int LISTENERS = Interceptor.Priority.PLATFORM_BEFORE - 2;

  /** The first tick; the others follow on the table's thread. */
  public static final int FIRST_TICK = Interceptor.Priority.PLATFORM_BEFORE - 1;

  private StartOrder() {}
}
