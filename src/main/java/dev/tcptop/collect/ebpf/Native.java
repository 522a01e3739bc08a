package dev.tcptop.collect.ebpf;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The native methods of {@code native/jni.c}. Each returns a count or a handle, or a negative
 * errno; the errno of a handle that is not open is EBADF. The buffers of a closed handle must not
 * be touched.
 */
final class Native {
  // enum sample_flag of native/collector.h
  static final int SAMPLE_LIVE = 1;
  static final int SAMPLE_SWEEP = 2;
  static final int SAMPLE_AGAIN = 4;

  static {
    NativeLibrary.load("libtcptop.so");
  }

  private Native() {}

  /**
   * Loads and attaches the kernel program.
   *
   * @param object a direct buffer: the compiled program
   * @param out 3 elements; on success the header, samples and closes buffers, on failure the
   *     operation that failed and libbpf's log
   * @return a handle, from 1
   */
  static native long open(
      ByteBuffer object,
      int ringBytes,
      int sampleRecords,
      int socketEntries,
      int flowEntries,
      int udpWay,
      @Nullable Object[] out);

  /** Fills the buffers. Returns 1 if there are more records, which SAMPLE_AGAIN continues with. */
  static native int sample(long handle, int flags, long idleNanos);

  static native int close(long handle);

  /** Gives up the capabilities that sampling does not need, in all threads and for good. */
  static native int dropPrivileges();

  /** A line for each field: its name, a space, and its offset in bytes. */
  static native String layout();
}
