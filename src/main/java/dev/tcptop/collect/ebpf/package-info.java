/** The Linux collector: a kernel program loaded through JNI and libbpf. */
@NullMarked
package dev.tcptop.collect.ebpf;

import org.jspecify.annotations.NullMarked;
