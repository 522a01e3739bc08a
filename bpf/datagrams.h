/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* UDP datagrams, read from the headers of a packet. */
#ifndef TCPTOP_DATAGRAMS_H
#define TCPTOP_DATAGRAMS_H

#include <linux/if_ether.h>

#include "address.h"
#include "tag.h"

/*
 * The key of a UDP flow: datagrams of a socket between two addresses. Sockets of two network
 * namespaces, of two VRFs, or one after the other may have the same addresses.
 */
struct flow_key {
	__u8 local_address[16];
	__u8 remote_address[16];
	__u64 socket; /* its cookie */
	__u32 scope;
	__u16 local_port;
	__u16 remote_port;
	__u8 family;
	__u8 turn; /* 0; 1 where a flow begins before its ended predecessor has been removed */
	__u8 unused[6];
};

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

_Static_assert(sizeof(struct flow_key) == 56, "a flow's key has no hidden padding");
_Static_assert(sizeof(struct ipv4_udp) == 20 && sizeof(struct ipv6_udp) == 40, "RFC 791, RFC 8200");

/* One datagram, or the datagrams of equal size of one GSO or GRO packet. */
struct datagrams {
	__u64 packet; /* fentry: the sk_buff that is being sent */
	struct flow_key key;
	__u32 bytes; /* payload of all datagrams */
	__u32 count;
	__u64 socket; /* its address */
	__u32 uid;    /* of the socket */
	__u32 netns;
	__u8 of_kernel; /* no process has the socket */
	__u8 outbound;
	__u8 unused[6];
};

static __always_inline void datagrams_set_ipv4(struct datagrams *d, const struct ipv4_udp *ip)
{
	__be32 *local = (__be32 *)d->key.local_address, *remote = (__be32 *)d->key.remote_address;

	d->key.family = AF_INET;
	*local = d->outbound ? ip->source : ip->destination;
	*remote = d->outbound ? ip->destination : ip->source;
}

static __always_inline void datagrams_set_ipv6(struct datagrams *d, const struct ipv6_udp *ip)
{
	d->key.family = AF_INET6;
	__builtin_memcpy(d->key.local_address, d->outbound ? ip->source : ip->destination, 16);
	__builtin_memcpy(d->key.remote_address, d->outbound ? ip->destination : ip->source, 16);
}

static __always_inline int datagrams_need_scope(const struct datagrams *d)
{
	return d->key.family == AF_INET6 &&
	       (address_is_link_local(*(const __be32 *)d->key.remote_address) ||
		address_is_link_local(*(const __be32 *)d->key.local_address));
}

static __always_inline void datagrams_set_ports(struct datagrams *d, const struct udp *udp)
{
	d->key.local_port = bpf_ntohs(d->outbound ? udp->source : udp->destination);
	d->key.remote_port = bpf_ntohs(d->outbound ? udp->destination : udp->source);
}

/* gso_size: payload of each datagram but the last; 0: the packet is one datagram. */
static __always_inline void datagrams_set_payload(struct datagrams *d, __u32 bytes, __u32 gso_size)
{
	d->bytes = bytes;
	d->count = gso_size ? (bytes + gso_size - 1) / gso_size : 1;
}

static __always_inline void datagrams_set_socket(struct datagrams *d, const void *sk,
						 const struct udp_tag *tag)
{
	d->key.socket = tag->cookie;
	d->socket = (__u64)sk;
	d->netns = tag->netns;
	d->uid = tag->uid;
	d->of_kernel = tag->of_kernel;
}

#endif
