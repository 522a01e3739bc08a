/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The maps, and what is kept in them. Sizes here are defaults: user space may set others before
 * load. */
#ifndef TCPTOP_MAPS_H
#define TCPTOP_MAPS_H

#include <bpf/bpf_helpers.h>

#include "kernel.h"
#include "record.h"

struct control control;

extern int LINUX_KERNEL_VERSION __kconfig;

/* What tcptop knows of a socket beyond the kernel's own counters. */
struct tag {
	__u64 id; /* 0: no connection: a listener, a UDP socket, a closed one */
	__u64 since_ns;
	__u64 base_bytes_in; /* the kernel's counters when counting began */
	__u64 base_bytes_out;
	__u32 base_segs_in;
	__u32 base_segs_out;
	__u32 seen_segs_in; /* what was last reported */
	__u32 seen_segs_out;
	__u32 seen_pid;
	__u32 seen_tick;
	__u32 netns;
	__u32 uid; /* of a UDP socket */
	__u8 seen_state;
	__u8 seen_source;
	__u8 direction; /* enum direction */
	__u8 flags;	/* enum record_flag */
	__u8 of_kernel; /* of a UDP socket: no process has it, a tunnel's, say */
	__u8 read;	/* of a UDP socket: netns, uid and of_kernel are filled in */
	__u8 syn;	/* 1: the connection was begun here, with a SYN that bytes_acked counts */
	__u8 seen_to;	/* the state of the last transition */
	__u32 seen_bytes_in; /* the lower halves: a segment may be counted, but not yet worked off
			      */
	__u32 seen_sequence;
	__u32 seen_rtt;
	__u32 unused2;
	__u32 owner_search;  /* control.search of the last one that found the owner holding it */
	__u32 holder_search; /* and of the last one that found another process: */
	struct owner owner;
	struct owner holder;
};

_Static_assert(sizeof(struct tag) == 144, "a tag has no hidden padding");

/*
 * Each TCP connection and listener. It lives and goes with the socket, so it has no size; an
 * accepted socket begins with a copy of its listener's.
 */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, struct tag);
} sockets SEC(".maps");

/* Each UDP socket, likewise. No walk passes it. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct tag);
} udp_sockets SEC(".maps");

/*
 * The closing record of a connection that ended while a process still holds the socket: it waits
 * here until it is known which one. id 0: it has left.
 */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct record);
} ends SEC(".maps");

/* Closing connections' last records. 4 MiB hold 24,000: a second and more at 20,000 a second. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 << 20);
} closes SEC(".maps");

/* UDP flows. Without preallocation an entry costs memory only while its flow lives. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1 << 16);
	__type(key, struct flow_key);
	__type(value, struct flow);
} flows SEC(".maps");

/* Where the walks put what changed: 5 MiB, mapped by user space. When it is full they walk again.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1 << 15);
	__type(key, __u32);
	__type(value, struct record);
} samples SEC(".maps");

#endif
