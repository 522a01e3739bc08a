/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The accounting of UDP datagrams, whichever way they are observed. */
#ifndef TCPTOP_FLOW_H
#define TCPTOP_FLOW_H

#include <linux/if_ether.h>

#include "connection.h"

struct ipv4_udp {
	__u8 version_and_words;
	__u8 unused[8];
	__u8 protocol;
	__be16 checksum;
	__be32 source, destination;
} __attribute__((packed));

struct ipv6_udp {
	__be32 version;
	__be16 length;
	__u8 next_header;
	__u8 hop_limit;
	__be32 source[4], destination[4];
};

struct udp {
	__be16 source, destination;
	__be16 length, checksum;
};

_Static_assert(sizeof(struct ipv4_udp) == 20 && sizeof(struct ipv6_udp) == 40, "RFC 791, RFC 8200");

/* One datagram, or the equal datagrams of one GSO or GRO packet. */
struct datagrams {
	__u64 packet; /* fentry: the sk_buff that is being sent */
	struct flow_key key;
	__u32 bytes; /* payload of all */
	__u32 count;
	__u32 uid;	/* of the socket */
	__u8 of_kernel; /* likewise */
	__u8 outbound;
	__u8 unused[2];
};

static __always_inline void set_ipv4(struct datagrams *d, const struct ipv4_udp *ip)
{
	__be32 *local = (__be32 *)d->key.local_address, *remote = (__be32 *)d->key.remote_address;

	d->key.family = AF_INET;
	*local = d->outbound ? ip->source : ip->destination;
	*remote = d->outbound ? ip->destination : ip->source;
}

static __always_inline void set_ipv6(struct datagrams *d, const struct ipv6_udp *ip)
{
	d->key.family = AF_INET6;
	__builtin_memcpy(d->key.local_address, d->outbound ? ip->source : ip->destination, 16);
	__builtin_memcpy(d->key.remote_address, d->outbound ? ip->destination : ip->source, 16);
}

static __always_inline int needs_scope(const struct flow_key *key)
{
	return key->family == AF_INET6 && (is_link_local(*(const __be32 *)key->remote_address) ||
					   is_link_local(*(const __be32 *)key->local_address));
}

static __always_inline void set_ports(struct datagrams *d, const struct udp *udp)
{
	d->key.local_port = bpf_ntohs(d->outbound ? udp->source : udp->destination);
	d->key.remote_port = bpf_ntohs(d->outbound ? udp->destination : udp->source);
}

/* gso_size: payload of each datagram but the last; 0: there is one. */
static __always_inline void set_payload(struct datagrams *d, __u32 bytes, __u32 gso_size)
{
	d->bytes = bytes;
	d->count = gso_size ? (bytes + gso_size - 1) / gso_size : 1;
}

/* Keeps in the tag what the datagrams of a UDP socket have in common. */
static __always_inline void read_socket(struct tag *tag, const struct sock *sk)
{
	tag->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	tag->uid = BPF_CORE_READ(sk, sk_uid.val);
	tag->of_kernel = !BPF_CORE_READ(sk, sk_socket, file);
	tag->read = 1;
}

static __always_inline void set_socket(struct datagrams *d, const struct tag *tag)
{
	d->key.netns = tag->netns;
	d->uid = tag->uid;
	d->of_kernel = tag->of_kernel;
}

/* A flow's owner: its first sender, or else the holder of the socket that receives it. */
static __always_inline void own_flow(struct flow *flow, const struct datagrams *d,
				     const struct owner *holder)
{
	if (d->outbound && flow->owner.source != SOURCE_SEND && !d->of_kernel)
		own_by_current(&flow->owner, SOURCE_SEND);
	else if (is_guess(&flow->owner) && holder && holder->pid)
		flow->owner = *holder;
}

/* The flow, unless there is none or it has ended. One that was ending goes on. */
static __always_inline struct flow *live_flow(const struct flow_key *key)
{
	struct flow *flow = bpf_map_lookup_elem(&flows, key);

	if (flow && flow->phase != FLOW_LIVE &&
	    __sync_val_compare_and_swap(&flow->phase, FLOW_ENDING, FLOW_LIVE) == FLOW_ENDED)
		return NULL;
	return flow;
}

/* The flow of this key, begun if need be: in the other turn where one that ended is in its place.
 */
static __always_inline struct flow *flow_of(struct datagrams *d, const struct owner *holder)
{
	struct flow *flow = live_flow(&d->key), first = {};

	if (flow)
		return flow;
	d->key.turn = 1;
	flow = live_flow(&d->key);
	if (flow)
		return flow;
	first.id = new_id();
	first.since_ns = first.last_ns = bpf_ktime_get_ns();
	first.uid = d->uid;
	own_flow(&first, d, holder);
	if (is_guess(&first.owner))
		control.guesses++;
	for (int turn = 0; turn < 2 && !flow; turn++) {
		d->key.turn = turn;
		/* Another processor may have been first: then both find that one. */
		bpf_map_update_elem(&flows, &d->key, &first, BPF_NOEXIST);
		flow = live_flow(&d->key);
	}
	return flow;
}

/* holder: the socket's owner, as far as it is known. */
static __always_inline void account(struct datagrams *d, const struct owner *holder)
{
	struct flow *flow = flow_of(d, holder);

	if (!flow) {
		__sync_fetch_and_add(&control.lost.flows, d->count);
		return;
	}
	own_flow(flow, d, holder);
	flow->last_ns = bpf_ktime_get_ns();
	if (d->outbound) {
		__sync_fetch_and_add(&flow->bytes_out, d->bytes);
		__sync_fetch_and_add(&flow->packets_out, d->count);
	} else {
		__sync_fetch_and_add(&flow->bytes_in, d->bytes);
		__sync_fetch_and_add(&flow->packets_in, d->count);
	}
}

#endif
