package dev.tcptop.collect.ebpf;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The natives of {@code native/jni.c}. They return a count or a handle, or a negative errno. A
 * handle that is not open gives EBADF; the buffers of a closed one must not be touched.
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
      int flowEntries,
      int udpWay,
      @Nullable Object[] out);

  /** Fills the buffers. Returns 1 if there is more, to be had with SAMPLE_AGAIN. */
  static native int sample(long handle, int flags, long idleNanos);

  static native int close(long handle);

  /** Gives up for good, in all threads, the capabilities that sampling does not need. */
  static native int dropPrivileges();

  /** Lines of a field's name, a space, and its offset in bytes. */
  static native String layout();
}
