/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * UDP through cgroup_skb on the root of cgroup v2: each datagram once as it leaves its socket,
 * before fragmentation, and once as it reaches one, after reassembly.
 */
#ifndef TCPTOP_FLOW_CGROUP_H
#define TCPTOP_FLOW_CGROUP_H

#include <bpf/bpf_endian.h>
#include <linux/if_ether.h>

#include "flow.h"

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

/* A UDP socket's tag. The first datagram tells what only the kernel's own struct sock knows. */
static __always_inline struct tag *udp_tag(struct bpf_sock *sk)
{
	struct tag *tag = bpf_sk_storage_get(&sockets, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	struct sock *kernel_sk;

	if (!tag) {
		__sync_fetch_and_add(&control.lost.sockets, 1);
		return NULL;
	}
	if (!tag->read) {
		/* Through memory: the verifier forbids offsets on the pointer that it knows. */
		*(volatile __u64 *)&tag->since_ns = (__u64)sk;
		kernel_sk = (struct sock *)*(volatile __u64 *)&tag->since_ns;
		tag->since_ns = 0;
		tag->netns = BPF_CORE_READ(kernel_sk, __sk_common.skc_net.net, ns.inum);
		tag->uid = BPF_CORE_READ(kernel_sk, sk_uid.val);
		tag->of_kernel = !BPF_CORE_READ(kernel_sk, sk_socket, file);
		tag->read = 1;
	}
	return tag;
}

/* Fills in the addresses, and returns the offset of the UDP header; 0: this is not plain UDP. */
static __always_inline int udp_header(struct __sk_buff *skb, struct flow_key *key, int outbound)
{
	__be32 *source = (__be32 *)(outbound ? key->local_address : key->remote_address);
	__be32 *destination = (__be32 *)(outbound ? key->remote_address : key->local_address);

	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		struct ipv4_udp ip;

		if (bpf_skb_load_bytes(skb, 0, &ip, sizeof(ip)) || ip.protocol != IPPROTO_UDP)
			return 0;
		key->family = AF_INET;
		source[0] = ip.source;
		destination[0] = ip.destination;
		return (ip.version_and_words & 0xf) * 4;
	}
	if (skb->protocol == bpf_htons(ETH_P_IPV6)) {
		struct ipv6_udp ip;

		if (bpf_skb_load_bytes(skb, 0, &ip, sizeof(ip)) || ip.next_header != IPPROTO_UDP)
			return 0;
		key->family = AF_INET6;
		__builtin_memcpy(source, ip.source, 16);
		__builtin_memcpy(destination, ip.destination, 16);
		if (is_link_local(((__be32 *)key->remote_address)[0]))
			key->scope = skb->ifindex;
		return sizeof(ip);
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
	tag = udp_tag(sk);
	if (!tag)
		return 1;
	at = udp_header(skb, &d.key, outbound);
	if (!at || bpf_skb_load_bytes(skb, at, &udp, sizeof(udp))) {
		__sync_fetch_and_add(&control.lost.datagrams, 1);
		return 1;
	}
	d.key.netns = tag->netns;
	d.key.local_port = bpf_ntohs(outbound ? udp.source : udp.destination);
	d.key.remote_port = bpf_ntohs(outbound ? udp.destination : udp.source);
	d.bytes = skb->len - at - sizeof(udp);
	d.count = skb->gso_size ? (d.bytes + skb->gso_size - 1) / skb->gso_size : 1;
	account(&d, tag);
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

#endif
