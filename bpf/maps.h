/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The control block, and the maps that user space reads. Their sizes here are defaults: user space
 * may set others before it loads the programs.
 */
#ifndef TCPTOP_MAPS_H
#define TCPTOP_MAPS_H

#include <bpf/bpf_helpers.h>

#include "kernel.h"
#include "record.h"

struct control control;

extern int LINUX_KERNEL_VERSION __kconfig;

static __always_inline __u64 control_new_id(void)
{
	return __sync_fetch_and_add(&control.next_id, 1) + 1;
}

/* Closing records. 4 MiB hold 24,000: more than a second at 20,000 closes a second. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 << 20);
} closes SEC(".maps");

/*
 * The records that the walks write: 5 MiB, mapped by user space. When the array is full, user space
 * takes the records and walks again.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1 << 15);
	__type(key, __u32);
	__type(value, struct record);
} samples SEC(".maps");

#endif
