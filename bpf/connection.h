/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A TCP connection: how it begins, and its record. */
#ifndef TCPTOP_CONNECTION_H
#define TCPTOP_CONNECTION_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "address.h"
#include "tag.h"
#include "tcp.h"

#define RTT_UNKNOWN 0xffffffffu
#define SOCKET_BYTES 4096 /* more than a struct tcp_sock has */

/* The copy of a socket, for the walks, which user space runs one at a time. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, char[SOCKET_BYTES]);
} copies SEC(".maps");

/* A copy of a socket to which there is no reference. */
static __always_inline const struct tcp_sock *connection_copy(const struct sock *sk)
{
	__u32 first = 0;
	void *copy = bpf_map_lookup_elem(&copies, &first);

	if (copy)
		bpf_probe_read_kernel(copy, bpf_core_type_size(struct tcp_sock), sk);
	return copy;
}

/*
 * Begins a connection. Of a connection that is older than tcptop, what the socket has counted so
 * far is the baseline. Of a new connection it is the handshake, which belongs to the connection.
 */
static __always_inline void connection_begin(struct tag *tag, __u64 cookie,
					     const struct tcp_sock *tcp, enum direction direction,
					     __u8 flags)
{
	int older = flags & RECORD_PARTIAL;

	tag->cookie = cookie;
	tag->since_ns = bpf_ktime_get_ns();
	tag->syn = older ? tcp_sent_by_sequence(tcp, 0) == tcp_sent_by_count(tcp) + 1
			 : direction == DIRECTION_OUTBOUND;
	tag->base_bytes_in = older ? tcp_received(tcp) : 0;
	tag->base_bytes_out = older ? tcp_sent_once(tcp, tag->syn) : 0;
	tag->base_segs_in = older ? tcp->segs_in : 0;
	tag->base_segs_out = older ? tcp->segs_out : 0;
	/* An accepted socket is a new one, and has measured its handshake by now. */
	tag->since_jiffies =
		older || direction == DIRECTION_INBOUND || tcp->rtt_min.s[0].v == RTT_UNKNOWN
			? 0
			: bpf_jiffies64();
	tag->seen_state = 0;
	tag->direction = direction;
	tag->flags = flags;
	if (owner_is_guess(&tag->held.owner))
		control.guesses++;
	tag->id = control_new_id();
}

/*
 * The tag of a connection, begun here if it has not begun yet. That is an accepted connection,
 * which softirq begins, or one that is older than tcptop.
 */
static __always_inline struct tag *connection_get(struct sock *sk, struct tcp_sock *tcp, int from)
{
	struct tag *tag = tag_make(sk);

	if (!tag || tag->id)
		return tag;
	if (from == TCP_SYN_RECV)
		connection_begin(tag, bpf_get_socket_cookie(sk), tcp, DIRECTION_INBOUND, 0);
	else if (from == TCP_SYN_SENT)
		connection_begin(tag, bpf_get_socket_cookie(sk), tcp, DIRECTION_OUTBOUND, 0);
	else
		connection_begin(tag, bpf_get_socket_cookie(sk), tcp, DIRECTION_UNKNOWN,
				 RECORD_PARTIAL);
	return tag;
}

static __always_inline void connection_addresses(struct record *r, const struct sock *sk,
						 const struct inet_sock *inet)
{
	const struct sock_common *common = &sk->__sk_common;
	__u32 *local = (__u32 *)r->local_address, *remote = (__u32 *)r->remote_address;

	__builtin_memset(local, 0, 16);
	__builtin_memset(remote, 0, 16);
	r->family = common->skc_family;
	r->scope = 0;
	r->local_port = bpf_ntohs(inet->inet_sport); /* skc_num is already 0 at TCP_CLOSE */
	r->remote_port = bpf_ntohs(common->skc_dport);
	if (r->family == AF_INET6 && bpf_core_field_exists(common->skc_v6_daddr)) {
		const __be32 *to = common->skc_v6_daddr.in6_u.u6_addr32;
		const __be32 *from = common->skc_v6_rcv_saddr.in6_u.u6_addr32;

		if (to[0] || to[1] || to[2] != ADDRESS_V4_MAPPED) {
			local[0] = from[0], local[1] = from[1];
			local[2] = from[2], local[3] = from[3];
			remote[0] = to[0], remote[1] = to[1];
			remote[2] = to[2], remote[3] = to[3];
			if (address_is_link_local(remote[0]))
				r->scope = common->skc_bound_dev_if;
			return;
		}
	}
	r->family = AF_INET; /* IPv4, possibly on an IPv6 socket */
	local[0] = common->skc_rcv_saddr;
	remote[0] = common->skc_daddr;
}

/*
 * The least RTT of this connection; 0: not known. A socket that connects anew keeps the samples of
 * its former connection, for up to five minutes; the time of a sample tells.
 */
static __always_inline __u32 connection_min_rtt(const struct tcp_sock *tcp, const struct tag *tag)
{
	const struct minmax_sample *s = tcp->rtt_min.s;
	__u32 since = tag->since_jiffies;

	if (!since || (__s32)(s[0].t - since) > 0)
		return s[0].v;
	if ((__s32)(s[1].t - since) > 0)
		return s[1].v;
	return (__s32)(s[2].t - since) > 0 ? s[2].v : 0;
}

/* Fills in all of a live connection's record but its id. */
static __always_inline void connection_fill(struct record *r, const struct sock *sk,
					    const struct tcp_sock *tcp, const struct tag *tag)
{
	__u64 in = tcp_received(tcp), out = tcp_sent_once(tcp, tag->syn);

	r->since_ns = tag->since_ns;
	r->seen_ns = bpf_ktime_get_ns();
	r->bytes_in = in - tag->base_bytes_in;
	r->bytes_out = out - tag->base_bytes_out;
	r->packets_in = (__u32)(tcp->segs_in - tag->base_segs_in);
	r->packets_out = (__u32)(tcp->segs_out - tag->base_segs_out);
	r->lifetime_bytes_in = tag->flags & RECORD_PARTIAL ? in : r->bytes_in;
	r->lifetime_bytes_out = tag->flags & RECORD_PARTIAL ? out : r->bytes_out;
	r->rtt_us = tcp->srtt_us >> 3;
	r->min_rtt_us = connection_min_rtt(tcp, tag);
	r->retransmits = tcp->total_retrans;
	r->pid = tag->held.owner.pid;
	r->uid = sk->sk_uid.val;
	r->netns = tag->netns;
	connection_addresses(r, sk, (const struct inet_sock *)tcp);
	r->protocol = IPPROTO_TCP;
	r->state = sk->__sk_common.skc_state;
	r->last_state = 0;
	r->error = 0;
	r->direction = tag->direction;
	r->pid_source = tag->held.owner.source;
	r->flags = tag->flags;
	__builtin_memcpy(r->process, tag->held.owner.process, sizeof(r->process));
}

#endif
