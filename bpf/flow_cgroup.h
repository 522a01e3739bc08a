/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * UDP at the root of cgroup v2: a program sees each datagram once as it leaves its socket, before
 * fragmentation, and once as it reaches a socket, after reassembly. TCP's packets pass here too.
 */
#ifndef TCPTOP_FLOW_CGROUP_H
#define TCPTOP_FLOW_CGROUP_H

#include <bpf/bpf_endian.h>

#include "flow_nat.h"

#define MAX_EXTENSIONS 8

/* Values of an IPv6 header's next_header. */
enum {
	NEXT_HOP_BY_HOP = 0,
	NEXT_ROUTING = 43,
	NEXT_DESTINATION = 60,
};

/*
 * The struct sock of a struct bpf_sock. The pointer goes through the tag's memory, since the
 * verifier forbids other offsets on the pointer whose type it knows.
 */
static __always_inline const struct sock *cgroup_kernel_sock(struct udp_tag *tag,
							     struct bpf_sock *sk)
{
	volatile __u64 *memory = &tag->scratch;

	*memory = (__u64)sk;
	return (const struct sock *)*memory;
}

/* An IPv6 extension header. length: in units of 8 bytes, without the first unit. */
struct extension {
	__u8 next_header;
	__u8 length;
};

/* The offset of the UDP header after an IPv6 header and its extensions; 0: there is none. */
static __always_inline int cgroup_skip_extensions(struct __sk_buff *skb, __u8 next_header)
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

/* Fills in the addresses and returns the offset of the UDP header; 0: not plain UDP. */
static __always_inline int cgroup_set_addresses(struct datagrams *d, struct __sk_buff *skb,
						const struct bpf_sock *sk)
{
	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		struct ipv4_udp ip;

		if (bpf_skb_load_bytes(skb, 0, &ip, sizeof(ip)) || ip.protocol != IPPROTO_UDP)
			return 0;
		datagrams_set_ipv4(d, &ip);
		return (ip.version_and_words & 0xf) * 4;
	}
	if (skb->protocol == bpf_htons(ETH_P_IPV6)) {
		struct ipv6_udp ip;

		if (bpf_skb_load_bytes(skb, 0, &ip, sizeof(ip)))
			return 0;
		datagrams_set_ipv6(d, &ip);
		if (datagrams_need_scope(d)) /* skb->ifindex is lo for local traffic */
			d->key.scope = sk->bound_dev_if ? sk->bound_dev_if : skb->ifindex;
		return cgroup_skip_extensions(skb, ip.next_header);
	}
	return 0;
}

static __always_inline int cgroup_observe(struct __sk_buff *skb, int outbound)
{
	struct bpf_sock *sk = skb->sk;
	struct datagrams d = {.outbound = outbound};
	struct udp_tag *tag;
	struct udp udp;
	int at;

	if (!sk)
		return 1;
	sk = bpf_sk_fullsock(sk);
	if (!sk || sk->protocol != IPPROTO_UDP || sk->type != SOCK_DGRAM)
		return 1;
	tag = tag_get_udp(sk);
	if (!tag)
		return 1;
	if (!tag->cookie)
		tag_read_udp(tag, cgroup_kernel_sock(tag, sk), bpf_get_socket_cookie(skb));
	at = cgroup_set_addresses(&d, skb, sk);
	if (!at || bpf_skb_load_bytes(skb, at, &udp, sizeof(udp))) {
		__sync_fetch_and_add(&control.lost.datagrams, 1);
		return 1;
	}
	datagrams_set_socket(&d, sk, tag);
	datagrams_set_ports(&d, &udp);
	if (outbound) {
		nat_set_remote(&d, skb, sk);
		nat_set_local(&d, sk);
	}
	datagrams_set_payload(&d, skb->len - at - sizeof(udp), skb->gso_size);
	flow_account(&d, &tag->held.owner);
	return 1;
}

SEC("cgroup_skb/egress")
int tcptop_egress(struct __sk_buff *skb)
{
	return cgroup_observe(skb, 1);
}

SEC("cgroup_skb/ingress")
int tcptop_ingress(struct __sk_buff *skb)
{
	return cgroup_observe(skb, 0);
}

/*
 * The process that creates a UDP socket is its first owner, so that a receiver that ends before a
 * search finds it has an owner too.
 */
SEC("cgroup/sock_create")
int tcptop_udp_new(struct bpf_sock *sk)
{
	struct udp_tag *tag;

	if (sk->protocol != IPPROTO_UDP || sk->type != SOCK_DGRAM)
		return 1;
	tag = tag_new_udp(sk);
	if (tag)
		owner_set_current(&tag->held.owner, SOURCE_LISTENER);
	return 1;
}

#endif
