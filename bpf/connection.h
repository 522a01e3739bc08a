/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* From a TCP socket and its tag to a record. */
#ifndef TCPTOP_CONNECTION_H
#define TCPTOP_CONNECTION_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "owner.h"

#define V4_MAPPED bpf_htonl(0xffff)

static __always_inline int is_link_local(__be32 first_word)
{
	return (bpf_ntohl(first_word) & 0xffc00000) == 0xfe800000; /* fe80::/10 */
}

static __always_inline __u64 new_id(void)
{
	return __sync_fetch_and_add(&control.next_id, 1) + 1;
}

/* Whether the sequence numbers sent hold a FIN. */
static __always_inline int sent_fin(const struct tcp_sock *tcp)
{
	__u8 state = ((const struct sock *)tcp)->__sk_common.skc_state;

	return (state == TCP_FIN_WAIT1 || state == TCP_FIN_WAIT2 || state == TCP_CLOSING ||
		state == TCP_LAST_ACK) &&
	       tcp->snd_nxt == tcp->write_seq;
}

/* Payload bytes by the sequence numbers sent. */
static __always_inline __u64 sent_by_sequence(const struct tcp_sock *tcp, __u8 syn)
{
	__u32 unacknowledged = tcp->snd_nxt - tcp->snd_una;

	barrier(); /* an ACK between the two counts twice, never not at all */
	return tcp->bytes_acked + unacknowledged - syn - sent_fin(tcp);
}

static __always_inline __u64 sent_by_count(const struct tcp_sock *tcp)
{
	return tcp->bytes_sent - tcp->bytes_retrans;
}

/*
 * Payload bytes that left, each once. bytes_sent also counts a segment that this machine's own
 * firewall or full queue refused, and again when it is sent. The sequence numbers don't, but are
 * read while they change: then they say too much.
 */
static __always_inline __u64 sent_once(const struct tcp_sock *tcp, __u8 syn)
{
	__u64 sequence = sent_by_sequence(tcp, syn), count = sent_by_count(tcp);

	return sequence < count ? sequence : count;
}

/* Payload bytes that came. The kernel counts the sequence number of a FIN as one more. */
static __always_inline __u64 received(const struct tcp_sock *tcp)
{
	__u64 fin = ((const struct sock *)tcp)->__sk_common.skc_flags >> SOCK_DONE & 1;

	return tcp->bytes_received - fin;
}

static __always_inline struct tag *tag_of(struct sock *sk, __u64 flags)
{
	struct tag *tag = bpf_sk_storage_get(&sockets, sk, NULL, flags);

	if (!tag && flags)
		__sync_fetch_and_add(&control.lost.sockets, 1);
	else if (tag && !tag->netns)
		tag->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	return tag;
}

/* Of a struct sock or a struct bpf_sock. */
static __always_inline struct tag *udp_tag_of(void *sk)
{
	struct tag *tag = bpf_sk_storage_get(&udp_sockets, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);

	if (!tag)
		__sync_fetch_and_add(&control.lost.sockets, 1);
	return tag;
}

/*
 * A connection begins. What its socket counted until now is the baseline of one that is older than
 * tcptop; of a new one it is the handshake, its own.
 */
static __always_inline void begin(struct tag *tag, const struct tcp_sock *tcp,
				  enum direction direction, __u8 flags)
{
	int older = flags & RECORD_PARTIAL;

	tag->since_ns = bpf_ktime_get_ns();
	tag->syn = older ? sent_by_sequence(tcp, 0) == sent_by_count(tcp) + 1
			 : direction == DIRECTION_OUTBOUND;
	tag->base_bytes_in = older ? received(tcp) : 0;
	tag->base_bytes_out = older ? sent_once(tcp, tag->syn) : 0;
	tag->base_segs_in = older ? tcp->segs_in : 0;
	tag->base_segs_out = older ? tcp->segs_out : 0;
	tag->seen_state = 0;
	tag->direction = direction;
	tag->flags = flags;
	if (is_guess(&tag->owner))
		control.guesses++;
	tag->id = new_id();
}

static __always_inline void addresses(struct record *r, const struct sock *sk,
				      const struct inet_sock *inet)
{
	const struct sock_common *common = &sk->__sk_common;
	__u32 *local = (__u32 *)r->local_address, *remote = (__u32 *)r->remote_address;

	__builtin_memset(local, 0, 16);
	__builtin_memset(remote, 0, 16);
	r->family = common->skc_family;
	r->scope = 0;
	r->local_port = bpf_ntohs(inet->inet_sport); /* skc_num is 0 by the time of TCP_CLOSE */
	r->remote_port = bpf_ntohs(common->skc_dport);
	if (r->family == AF_INET6 && bpf_core_field_exists(common->skc_v6_daddr)) {
		const __be32 *to = common->skc_v6_daddr.in6_u.u6_addr32;
		const __be32 *from = common->skc_v6_rcv_saddr.in6_u.u6_addr32;

		if (to[0] || to[1] || to[2] != V4_MAPPED) {
			local[0] = from[0], local[1] = from[1];
			local[2] = from[2], local[3] = from[3];
			remote[0] = to[0], remote[1] = to[1];
			remote[2] = to[2], remote[3] = to[3];
			if (is_link_local(remote[0]))
				r->scope = common->skc_bound_dev_if;
			return;
		}
	}
	r->family = AF_INET; /* IPv4, on an IPv6 socket perhaps */
	local[0] = common->skc_rcv_saddr;
	remote[0] = common->skc_daddr;
}

static __always_inline void fill(struct record *r, const struct sock *sk,
				 const struct tcp_sock *tcp, const struct tag *tag)
{
	__u64 in = received(tcp), out = sent_once(tcp, tag->syn);

	r->since_ns = tag->since_ns;
	r->seen_ns = bpf_ktime_get_ns();
	r->bytes_in = in - tag->base_bytes_in;
	r->bytes_out = out - tag->base_bytes_out;
	r->packets_in = (__u32)(tcp->segs_in - tag->base_segs_in);
	r->packets_out = (__u32)(tcp->segs_out - tag->base_segs_out);
	r->lifetime_bytes_in = tag->flags & RECORD_PARTIAL ? in : r->bytes_in;
	r->lifetime_bytes_out = tag->flags & RECORD_PARTIAL ? out : r->bytes_out;
	r->rtt_us = tcp->srtt_us >> 3;
	r->min_rtt_us = tcp->rtt_min.s[0].v;
	r->retransmits = tcp->total_retrans;
	r->pid = tag->owner.pid;
	r->uid = sk->sk_uid.val;
	r->netns = tag->netns;
	addresses(r, sk, (const struct inet_sock *)tcp);
	r->protocol = IPPROTO_TCP;
	r->state = sk->__sk_common.skc_state;
	r->last_state = 0;
	r->error = 0;
	r->direction = tag->direction;
	r->pid_source = tag->owner.source;
	r->flags = tag->flags;
	__builtin_memcpy(r->process, tag->owner.process, sizeof(r->process));
}

#endif
