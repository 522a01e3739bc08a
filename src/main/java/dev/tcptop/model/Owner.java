package dev.tcptop.model;

/**
 * The process that owns a connection.
 *
 * @param pid the thread group's id in the initial PID namespace; 0: nobody
 * @param process the thread group leader's name, at most 15 bytes of the process's own choice;
 *     empty where pid is 0
 * @param source how it was learnt
 */
public record Owner(int pid, String process, PidSource source) {

  /** Nobody is known to own it. */
  public static final Owner NOBODY = new Owner(0, "", PidSource.NONE);
}
