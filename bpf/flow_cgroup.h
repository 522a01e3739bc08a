/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * UDP through the root of cgroup v2: each datagram once as it leaves its socket, before
 * fragmentation, and once as it reaches one, after reassembly. TCP's packets pass here too.
 */
#ifndef TCPTOP_FLOW_CGROUP_H
#define TCPTOP_FLOW_CGROUP_H

#include <bpf/bpf_endian.h>

#include "flow_nat.h"

#define MAX_EXTENSIONS 8

/* Of an IPv6 header's next_header. */
enum {
	NEXT_HOP_BY_HOP = 0,
	NEXT_ROUTING = 43,
	NEXT_DESTINATION = 60,
};

/* Through the tag's memory: the verifier forbids offsets on the pointer that it knows. */
static __always_inline const struct sock *kernel_sock(struct tag *tag, struct bpf_sock *sk)
{
	volatile __u64 *memory = &tag->since_ns; /* of no other use in a UDP socket's tag */

	*memory = (__u64)sk;
	return (const struct sock *)*memory;
}

/* An IPv6 extension header: length is in 8 bytes, the first 8 not counted. */
struct extension {
	__u8 next_header;
	__u8 length;
};

/* The offset of the UDP header after an IPv6 header and its extensions; 0: there is none. */
static __always_inline int after_extensions(struct __sk_buff *skb, __u8 next_header)
{
	int at = sizeof(struct ipv6_udp);

	for (int i = 0; i < MAX_EXTENSIONS && next_header != IPPROTO_UDP; i++) {
		struct extension e;

		if ((next_header != NEXT_HOP_BY_HOP && next_header != NEXT_ROUTING &&
		     next_header != NEXT_DESTINATION) ||
		    bpf_skb_load_bytes(skb, at, &e, sizeof(e)))
			return 0;
		next_header = e.next_header;
		at += (e.length + 1) * 8;
	}
	return next_header == IPPROTO_UDP ? at : 0;
}

/* Fills in the addresses, and returns the offset of the UDP header; 0: this is not plain UDP. */
static __always_inline int set_addresses(struct datagrams *d, struct __sk_buff *skb,
					 const struct bpf_sock *sk)
{
	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		struct ipv4_udp ip;

		if (bpf_skb_load_bytes(skb, 0, &ip, sizeof(ip)) || ip.protocol != IPPROTO_UDP)
			return 0;
		set_ipv4(d, &ip);
		return (ip.version_and_words & 0xf) * 4;
	}
	if (skb->protocol == bpf_htons(ETH_P_IPV6)) {
		struct ipv6_udp ip;

		if (bpf_skb_load_bytes(skb, 0, &ip, sizeof(ip)))
			return 0;
		set_ipv6(d, &ip);
		if (needs_scope(&d->key)) /* within the machine a packet's interface is lo */
			d->key.scope = sk->bound_dev_if ? sk->bound_dev_if : skb->ifindex;
		return after_extensions(skb, ip.next_header);
	}
	return 0;
}

static __always_inline int observe(struct __sk_buff *skb, int outbound)
{
	struct bpf_sock *sk = skb->sk;
	struct datagrams d = {.outbound = outbound};
	struct tag *tag;
	struct udp udp;
	int at;

	if (!sk)
		return 1;
	sk = bpf_sk_fullsock(sk);
	if (!sk || sk->protocol != IPPROTO_UDP)
		return 1;
	tag = udp_tag_of(sk);
	if (!tag)
		return 1;
	if (!tag->read)
		read_socket(tag, kernel_sock(tag, sk));
	at = set_addresses(&d, skb, sk);
	if (!at || bpf_skb_load_bytes(skb, at, &udp, sizeof(udp))) {
		__sync_fetch_and_add(&control.lost.datagrams, 1);
		return 1;
	}
	set_socket(&d, tag);
	set_ports(&d, &udp);
	if (outbound) {
		socket_remote(&d, skb, sk);
		socket_local(&d, sk);
	}
	set_payload(&d, skb->len - at - sizeof(udp), skb->gso_size);
	account(&d, &tag->owner);
	return 1;
}

SEC("cgroup_skb/egress")
int udp_egress(struct __sk_buff *skb)
{
	return observe(skb, 1);
}

SEC("cgroup_skb/ingress")
int udp_ingress(struct __sk_buff *skb)
{
	return observe(skb, 0);
}

/* A receiver that ends before anybody looks has an owner too: whoever made its socket. */
SEC("cgroup/sock_create")
int udp_socket(struct bpf_sock *sk)
{
	struct tag *tag = sk->protocol == IPPROTO_UDP ? udp_tag_of(sk) : NULL;

	if (tag)
		own_by_current(&tag->owner, SOURCE_LISTENER);
	return 1;
}

#endif
