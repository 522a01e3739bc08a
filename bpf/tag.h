/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The tags: what tcptop keeps in a socket's storage beyond the kernel's own counters. */
#ifndef TCPTOP_TAG_H
#define TCPTOP_TAG_H

#include "owner.h"

/* The tag of a TCP socket. */
struct tag {
	__u64 id; /* 0: the socket has no connection to show: a listener's, or a closed one's */
	__u64 since_ns;
	__u64 base_bytes_in; /* the kernel's counters when counting began */
	__u64 base_bytes_out;
	__u32 base_segs_in;
	__u32 base_segs_out;
	__u32 netns;
	__u32 owner_search;  /* number of the last search that found the owner holding the socket */
	__u32 holder_search; /* number of the last search that found holder instead */
	__u32 seen_tick;     /* from here on, what was last reported */
	__u32 seen_pid;
	__u32 seen_segs_in;
	__u32 seen_segs_out;
	__u32 seen_bytes_in; /* lower half; a counted segment's payload may be counted later */
	__u32 seen_sequence;
	__u32 seen_rtt;
	__u8 seen_state;
	__u8 seen_source;
	__u8 direction; /* enum direction */
	__u8 flags;	/* enum record_flag */
	__u8 syn;	/* 1: bytes_acked counts a SYN that this end sent */
	__u8 last_to;	/* the state to which the last transition led */
	__u8 unused[2];
	struct owner owner;
	struct owner holder; /* another process that was found to hold the socket */
};

/* The tag of a UDP socket. */
struct udp_tag {
	__u64 scratch; /* memory for flow_cgroup.h */
	struct owner owner;
	__u32 netns;
	__u32 uid;
	__u8 of_kernel; /* 1: no process has the socket; a tunnel's, say */
	__u8 read;	/* 1: netns, uid and of_kernel are filled in */
	__u8 unused[6];
};

_Static_assert(sizeof(struct tag) == 136, "a tag has no hidden padding");
_Static_assert(sizeof(struct udp_tag) == 48, "a UDP socket's tag has no hidden padding");

/*
 * The tags of all TCP connections and listeners. A tag lives and goes with its socket, so the map
 * has no size. An accepted socket begins with a copy of its listener's tag.
 */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, struct tag);
} sockets SEC(".maps");

/* The tags of all UDP sockets. No walk visits them. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct udp_tag);
} udp_sockets SEC(".maps");

/*
 * The closing record of a connection that ended while a process still holds the socket: it waits
 * here until that process is known. id 0: the record has been sent.
 */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct record);
} ends SEC(".maps");

/* flags: 0 or BPF_SK_STORAGE_GET_F_CREATE. */
static __always_inline struct tag *tag_get(struct sock *sk, __u64 flags)
{
	struct tag *tag = bpf_sk_storage_get(&sockets, sk, NULL, flags);

	if (!tag && flags)
		__sync_fetch_and_add(&control.lost.sockets, 1);
	else if (tag && !tag->netns)
		tag->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	return tag;
}

/* sk: a struct sock or a struct bpf_sock. */
static __always_inline struct udp_tag *tag_get_udp(void *sk)
{
	struct udp_tag *tag =
		bpf_sk_storage_get(&udp_sockets, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);

	if (!tag)
		__sync_fetch_and_add(&control.lost.sockets, 1);
	return tag;
}

/* Keeps in the tag what all datagrams of a UDP socket have in common. */
static __always_inline void tag_read_udp(struct udp_tag *tag, const struct sock *sk)
{
	tag->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	tag->uid = BPF_CORE_READ(sk, sk_uid.val);
	tag->of_kernel = !BPF_CORE_READ(sk, sk_socket, file);
	tag->read = 1;
}

/* The current process holds the socket as of now: a search that began before cannot deny that. */
static __always_inline void tag_take(struct tag *tag, enum pid_source source)
{
	owner_set_current(&tag->owner, source);
	tag->owner_search = control.search;
}

/*
 * The current process closes, so it holds the socket; an owner that is another process holds it no
 * longer. An owner that stays may have a new name, by exec.
 */
static __always_inline void tag_take_by_close(struct tag *tag)
{
	if (owner_is_guess(&tag->owner) || tag->owner.pid != bpf_get_current_pid_tgid() >> 32)
		tag_take(tag, SOURCE_CLOSE);
	else
		tag_take(tag, tag->owner.source);
}

/*
 * A search found a process that holds the socket. Several processes may hold it, and the owner
 * stays while it is one of them. Only the end of the search can tell that, so another holder is
 * noted beside the owner.
 */
static __always_inline void tag_found_holder(struct tag *tag, struct task_struct *task)
{
	struct owner before = tag->owner;

	if (owner_found(&tag->owner, task)) {
		tag->owner_search = control.search;
		if (!owner_same_name(&before, &tag->owner))
			tag->seen_pid = 0; /* to be reported */
	} else if (tag->holder_search != control.search) {
		owner_set(&tag->holder, task, SOURCE_FD);
		tag->holder_search = control.search;
	}
}

/* After a search that found only others holding the socket, the first of them is the owner. */
static __always_inline void tag_settle_owner(struct tag *tag)
{
	if (tag->holder_search != control.search || tag->owner_search == control.search)
		return;
	tag->owner = tag->holder;
	tag->owner_search = control.search;
}

#endif
