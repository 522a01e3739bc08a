/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The tags: what tcptop keeps of a socket beyond the kernel's own counters. The tags of TCP sockets
 * are in a table of tcptop's own, so that nothing is charged to a socket that is watched.
 */
#ifndef TCPTOP_TAG_H
#define TCPTOP_TAG_H

#include "owner.h"

/* The tag of a TCP socket. */
struct tag {
	__u64 id;     /* 0: the socket has no connection to show: a listener's, or a closed one's */
	__u64 cookie; /* the socket's; 0: it has none yet, or has ended */
	__u64 since_ns;
	__u64 base_bytes_in; /* the kernel's counters when counting began */
	__u64 base_bytes_out;
	__u32 base_segs_in;
	__u32 base_segs_out;
	__u32 netns;
	__u32 seen_tick; /* from here on, what was last reported */
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
	__u8 ended;	/* 1: it has, or had, a closing record that waits */
	__u8 unused;
	struct held held;
};

/* The tag of a UDP socket. */
struct udp_tag {
	__u64 scratch; /* memory for flow_cgroup.h */
	__u64 cookie;  /* the socket's; 0: this and the following have not been read yet */
	__u32 netns;
	__u32 uid;
	__u8 of_kernel; /* 1: no process has the socket; a tunnel's, say */
	__u8 unused[7];
	struct held held;
};

_Static_assert(sizeof(struct tag) == 144, "a tag has no hidden padding");
_Static_assert(sizeof(struct udp_tag) == 88, "a UDP socket's tag has no hidden padding");

/*
 * The tags of all TCP connections and listeners, by the address of the socket. A tag goes when its
 * socket ends. Should that be missed, the cookie tells that the address is another socket's now.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1 << 18);
	__type(key, __u64);
	__type(value, struct tag);
} sockets SEC(".maps");

/*
 * The tags of the UDP sockets, by the address of the socket. No tracepoint tells the end of a UDP
 * socket, so the table lets the tag go that was not used for the longest time. A new socket's tag
 * is always a new one.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1 << 15);
	__type(key, __u64);
	__type(value, struct udp_tag);
} udp_sockets SEC(".maps");

/* The tag at a socket's address. NULL: there is none. */
static __always_inline struct tag *tag_find(__u64 socket)
{
	return bpf_map_lookup_elem(&sockets, &socket);
}

static const struct tag tag_empty;

/* The socket's tag. NULL: it has none. */
static __always_inline struct tag *tag_get(struct sock *sk)
{
	struct tag *tag = tag_find((__u64)sk);

	if (tag && tag->cookie && tag->cookie != (__u64)sk->__sk_common.skc_cookie.counter)
		*tag = tag_empty; /* of a former socket, whose end no program handled */
	if (tag && !tag->netns)
		tag->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	return tag;
}

/* The socket's tag, made here if there is none. NULL: the table is full. */
static __always_inline struct tag *tag_make(struct sock *sk)
{
	struct tag *tag = tag_get(sk);
	__u64 key = (__u64)sk;

	if (tag)
		return tag;
	bpf_map_update_elem(&sockets, &key, &tag_empty, BPF_NOEXIST);
	return tag_get(sk);
}

/* Likewise, for the first that is seen of a socket: where the table is full, the socket is lost. */
static __always_inline struct tag *tag_first(struct sock *sk)
{
	struct tag *tag = tag_make(sk);

	if (!tag)
		__sync_fetch_and_add(&control.lost.sockets, 1);
	return tag;
}

/*
 * The address of the listener that has just cloned this socket. The clone still is a copy, byte for
 * byte, and the copy of a list head leads to the list that it was copied from: of a listener, which
 * sends nothing, the empty one.
 */
static __always_inline __u64 tag_listener(const struct sock *clone)
{
	const struct tcp_sock *tcp = (const void *)clone;

	return (__u64)BPF_CORE_READ(tcp, tsq_node.next) -
	       bpf_core_field_offset(struct tcp_sock, tsq_node);
}

/* The tag of a socket that a listener has just cloned, with the listener's owner. */
static __always_inline struct tag *tag_inherit(struct sock *sk)
{
	struct tag *tag = tag_first(sk), *listener;

	if (!tag)
		return NULL;
	*tag = tag_empty;
	listener = tag_find(tag_listener(sk));
	if (listener)
		tag->held.owner = listener->held.owner;
	return tag;
}

/* The socket has ended. */
static __always_inline void tag_drop(struct tag *tag, struct sock *sk)
{
	__u64 key = (__u64)sk;

	tag->id = 0;
	tag->cookie = 0; /* a walk that still has the tag sees that it is no longer one */
	bpf_map_delete_elem(&sockets, &key);
}

static const struct udp_tag tag_empty_udp;

static __always_inline struct udp_tag *tag_put_udp(void *sk, __u64 flags)
{
	__u64 key = (__u64)sk;
	struct udp_tag *tag;

	bpf_map_update_elem(&udp_sockets, &key, &tag_empty_udp, flags);
	tag = bpf_map_lookup_elem(&udp_sockets, &key);
	if (!tag)
		__sync_fetch_and_add(&control.lost.sockets, 1);
	return tag;
}

/* The tag of a UDP socket that is being made. The address may have been another one's. */
static __always_inline struct udp_tag *tag_new_udp(void *sk)
{
	return tag_put_udp(sk, BPF_ANY);
}

/* sk: a struct sock or a struct bpf_sock. */
static __always_inline struct udp_tag *tag_get_udp(void *sk)
{
	__u64 key = (__u64)sk;
	struct udp_tag *tag = bpf_map_lookup_elem(&udp_sockets, &key);

	return tag ? tag : tag_put_udp(sk, BPF_NOEXIST);
}

/* Keeps in the tag what all datagrams of a UDP socket have in common. */
static __always_inline void tag_read_udp(struct udp_tag *tag, const struct sock *sk, __u64 cookie)
{
	tag->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	tag->uid = BPF_CORE_READ(sk, sk_uid.val);
	tag->of_kernel = !BPF_CORE_READ(sk, sk_socket, file);
	tag->cookie = cookie;
}

/*
 * The current process closes, so it holds the socket; an owner that is another process holds it no
 * longer. An owner that stays may have a new name, by exec.
 */
static __always_inline void tag_take_by_close(struct tag *tag)
{
	if (owner_is_guess(&tag->held.owner) ||
	    tag->held.owner.pid != bpf_get_current_pid_tgid() >> 32)
		held_take(&tag->held, SOURCE_CLOSE);
	else
		held_take(&tag->held, tag->held.owner.source);
}

static __always_inline void tag_found_holder(struct tag *tag, struct task_struct *task)
{
	if (held_found(&tag->held, task))
		tag->seen_pid = 0; /* to be reported */
}

#endif
