package dev.tcptop.collect;

/** The error numbers of the system that a collector can get, and their names. */
public final class Errno {
  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int EBADF = 9;
  public static final int ENOMEM = 12;
  public static final int EACCES = 13;
  public static final int EINVAL = 22;
  public static final int EOPNOTSUPP = 95;

  /** The kernel's internal number for "not supported". BPF calls pass it on to user space. */
  public static final int ENOTSUPP = 524;

  private Errno() {}

  /** The name and the meaning of an error number: {@code EPERM, operation not permitted}. */
  public static String describe(int errno) {
    return switch (errno) {
      case EPERM -> "EPERM, operation not permitted";
      case ENOENT -> "ENOENT, not found";
      case EBADF -> "EBADF, not open";
      case ENOMEM -> "ENOMEM, out of memory";
      case EACCES -> "EACCES, permission denied";
      case EINVAL -> "EINVAL, invalid argument";
      case EOPNOTSUPP, ENOTSUPP -> "not supported";
      default -> "errno " + errno;
    };
  }
}
