/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * UDP through fentry: each datagram once as it leaves its socket, before fragmentation, and once as
 * it reaches one's queue. TCP passes none of these functions.
 */
#ifndef TCPTOP_FLOW_FENTRY_H
#define TCPTOP_FLOW_FENTRY_H

#include <bpf/bpf_endian.h>
#include <bpf/bpf_tracing.h>

#include "flow.h"

/* What a task is sending. Whether it left is known when the function returns, without the packet.
 */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct datagrams);
} sending SEC(".maps");

/* The addresses and ports of the headers before the payload. */
static __always_inline void set_headers(struct datagrams *d, const struct sk_buff *skb, int ipv4)
{
	const unsigned char *ip = skb->head + skb->network_header;
	struct udp udp = {};

	if (ipv4) {
		struct ipv4_udp v4 = {};

		bpf_probe_read_kernel(&v4, sizeof(v4), ip);
		set_ipv4(d, &v4);
	} else {
		struct ipv6_udp v6 = {};

		bpf_probe_read_kernel(&v6, sizeof(v6), ip);
		set_ipv6(d, &v6);
	}
	bpf_probe_read_kernel(&udp, sizeof(udp), skb->head + skb->transport_header);
	set_ports(d, &udp);
}

static __always_inline __u32 gso_size(const struct sk_buff *skb)
{
	const struct skb_shared_info *shared = (const void *)(skb->head + skb->end);

	return BPF_CORE_READ(shared, gso_size);
}

static __always_inline int begin_send(struct sk_buff *skb, int ipv4, int again)
{
	struct sock *sk = skb->sk;
	struct datagrams *d;
	struct tag *tag;

	if (!sk || sk->sk_protocol != IPPROTO_UDP)
		return 0;
	tag = udp_tag_of(sk);
	if (!tag)
		return 0;
	d = bpf_task_storage_get(&sending, bpf_get_current_task_btf(), NULL,
				 BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!d) {
		__sync_fetch_and_add(&control.lost.datagrams, 1);
		return 0;
	}
	if (again && d->packet == (__u64)skb)
		return 0;
	if (again)
		__sync_fetch_and_add(&control.stood_in, 1);
	__builtin_memset(d, 0, sizeof(*d));
	d->packet = (__u64)skb;
	d->outbound = 1;
	set_headers(d, skb, ipv4);
	if (needs_scope(&d->key)) {
		/* The lowest bit tells whether the reference is counted. */
		const struct rt6_info *route = (const void *)(skb->_skb_refdst & ~1ul);

		d->key.scope = BPF_CORE_READ(route, rt6i_idev, dev, ifindex);
	}
	if (!tag->read)
		read_socket(tag, sk);
	set_socket(d, tag);
	set_payload(d,
		    skb->len - (skb->transport_header - skb->network_header) - sizeof(struct udp),
		    gso_size(skb));
	return 0;
}

static __always_inline int end_send(struct sk_buff *skb, int error, int again)
{
	struct datagrams *d = bpf_task_storage_get(&sending, bpf_get_current_task_btf(), NULL, 0);

	if (!d || d->packet != (__u64)skb)
		return 0;
	if (again)
		__sync_fetch_and_add(&control.stood_in, 1);
	if (!error)
		account(d, NULL);
	d->packet = 0;
	return 0;
}

SEC("fentry/ip_send_skb")
int BPF_PROG(udp4_send, struct net *net, struct sk_buff *skb)
{
	return begin_send(skb, 1, 0);
}

SEC("fexit/ip_send_skb")
int BPF_PROG(udp4_sent, struct net *net, struct sk_buff *skb, int error)
{
	return end_send(skb, error, 0);
}

SEC("fentry/ip6_send_skb")
int BPF_PROG(udp6_send, struct sk_buff *skb)
{
	return begin_send(skb, 0, 0);
}

SEC("fexit/ip6_send_skb")
int BPF_PROG(udp6_sent, struct sk_buff *skb, int error)
{
	return end_send(skb, error, 0);
}

/* The stand-ins, as in lifecycle.h. What receives runs in softirq, which nothing interrupts here.
 */
SEC("fentry/ip_send_skb")
int BPF_PROG(udp4_send_again, struct net *net, struct sk_buff *skb)
{
	return begin_send(skb, 1, 1);
}

SEC("fexit/ip_send_skb")
int BPF_PROG(udp4_sent_again, struct net *net, struct sk_buff *skb, int error)
{
	return end_send(skb, error, 1);
}

SEC("fentry/ip6_send_skb")
int BPF_PROG(udp6_send_again, struct sk_buff *skb)
{
	return begin_send(skb, 0, 1);
}

SEC("fexit/ip6_send_skb")
int BPF_PROG(udp6_sent_again, struct sk_buff *skb, int error)
{
	return end_send(skb, error, 1);
}

/* By now the UDP header is pulled: what is left is payload. */
SEC("fentry/__udp_enqueue_schedule_skb")
int BPF_PROG(udp_receive, struct sock *sk, struct sk_buff *skb)
{
	struct datagrams d = {};
	struct tag *tag;

	if (sk->sk_protocol != IPPROTO_UDP)
		return 0;
	tag = udp_tag_of(sk);
	if (!tag)
		return 0;
	set_headers(&d, skb, skb->protocol == bpf_htons(ETH_P_IP));
	if (needs_scope(&d.key)) {
		/* Not skb_iif: within the machine that is lo. */
		const struct inet6_skb_parm *control_block = (const void *)&skb->cb;

		d.key.scope = BPF_CORE_READ(control_block, iif);
	}
	if (!tag->read)
		read_socket(tag, sk);
	set_socket(&d, tag);
	set_payload(&d, skb->len, gso_size(skb));
	account(&d, &tag->owner);
	return 0;
}

/* A receiver that ends before anybody looks has an owner too: whoever made its socket. */
static __always_inline int made(struct sock *sk)
{
	struct tag *tag;

	if (BPF_CORE_READ_BITFIELD(sk, sk_kern_sock))
		return 0;
	tag = udp_tag_of(sk);
	if (tag)
		own_by_current(&tag->owner, SOURCE_LISTENER);
	return 0;
}

SEC("fentry/udp_init_sock")
int BPF_PROG(udp4_socket, struct sock *sk)
{
	return made(sk);
}

SEC("fentry/udpv6_init_sock")
int BPF_PROG(udp6_socket, struct sock *sk)
{
	return made(sk);
}

#endif
