/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * UDP through fentry: a program sees each datagram once as it leaves its socket, before
 * fragmentation, and once as it reaches a socket's queue. TCP passes none of these functions.
 */
#ifndef TCPTOP_FLOW_FENTRY_H
#define TCPTOP_FLOW_FENTRY_H

#include <bpf/bpf_endian.h>
#include <bpf/bpf_tracing.h>

#include "flow.h"

/*
 * The datagrams that a task is sending. Whether they left is known when the function returns, and
 * the packet is gone by then.
 */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct datagrams);
} sending SEC(".maps");

/* Reads addresses and ports from the packet's headers. */
static __always_inline void fentry_set_headers(struct datagrams *d, const struct sk_buff *skb,
					       int ipv4)
{
	const unsigned char *ip = skb->head + skb->network_header;
	struct udp udp = {};

	if (ipv4) {
		struct ipv4_udp v4 = {};

		bpf_probe_read_kernel(&v4, sizeof(v4), ip);
		datagrams_set_ipv4(d, &v4);
	} else {
		struct ipv6_udp v6 = {};

		bpf_probe_read_kernel(&v6, sizeof(v6), ip);
		datagrams_set_ipv6(d, &v6);
	}
	bpf_probe_read_kernel(&udp, sizeof(udp), skb->head + skb->transport_header);
	datagrams_set_ports(d, &udp);
}

static __always_inline __u32 fentry_gso_size(const struct sk_buff *skb)
{
	const struct skb_shared_info *shared = (const void *)(skb->head + skb->end);

	return BPF_CORE_READ(shared, gso_size);
}

static __always_inline int fentry_begin_send(struct sk_buff *skb, int ipv4, int stand_in)
{
	struct sock *sk = skb->sk;
	struct datagrams *d;
	struct udp_tag *tag;

	if (!sk || sk->sk_protocol != IPPROTO_UDP || sk->sk_type != SOCK_DGRAM)
		return 0;
	tag = tag_get_udp(sk);
	if (!tag)
		return 0;
	d = bpf_task_storage_get(&sending, bpf_get_current_task_btf(), NULL,
				 BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!d) {
		__sync_fetch_and_add(&control.lost.datagrams, 1);
		return 0;
	}
	if (stand_in && d->packet == (__u64)skb)
		return 0;
	if (stand_in)
		__sync_fetch_and_add(&control.stood_in, 1);
	__builtin_memset(d, 0, sizeof(*d));
	d->packet = (__u64)skb;
	d->outbound = 1;
	fentry_set_headers(d, skb, ipv4);
	if (datagrams_need_scope(d)) {
		/* The lowest bit says whether the reference is counted. */
		const struct rt6_info *route = (const void *)(skb->_skb_refdst & ~1ul);

		d->key.scope = BPF_CORE_READ(route, rt6i_idev, dev, ifindex);
	}
	if (!tag->cookie)
		tag_read_udp(tag, sk, bpf_get_socket_cookie(sk));
	datagrams_set_socket(d, sk, tag);
	datagrams_set_payload(
		d, skb->len - (skb->transport_header - skb->network_header) - sizeof(struct udp),
		fentry_gso_size(skb));
	return 0;
}

static __always_inline int fentry_end_send(struct sk_buff *skb, int error, int stand_in)
{
	struct datagrams *d = bpf_task_storage_get(&sending, bpf_get_current_task_btf(), NULL, 0);

	if (!d || d->packet != (__u64)skb)
		return 0;
	if (stand_in)
		__sync_fetch_and_add(&control.stood_in, 1);
	if (!error)
		flow_account(d, NULL);
	d->packet = 0;
	return 0;
}

SEC("fentry/ip_send_skb")
int BPF_PROG(tcptop_send4, struct net *net, struct sk_buff *skb)
{
	return fentry_begin_send(skb, 1, 0);
}

SEC("fexit/ip_send_skb")
int BPF_PROG(tcptop_sent4, struct net *net, struct sk_buff *skb, int error)
{
	return fentry_end_send(skb, error, 0);
}

SEC("fentry/ip6_send_skb")
int BPF_PROG(tcptop_send6, struct sk_buff *skb)
{
	return fentry_begin_send(skb, 0, 0);
}

SEC("fexit/ip6_send_skb")
int BPF_PROG(tcptop_sent6, struct sk_buff *skb, int error)
{
	return fentry_end_send(skb, error, 0);
}

/*
 * The stand-ins, as in lifecycle.h. Receiving needs none: it runs in softirq, which nothing
 * interrupts here.
 */
SEC("fentry/ip_send_skb")
int BPF_PROG(tcptop_send4_2, struct net *net, struct sk_buff *skb)
{
	return fentry_begin_send(skb, 1, 1);
}

SEC("fexit/ip_send_skb")
int BPF_PROG(tcptop_sent4_2, struct net *net, struct sk_buff *skb, int error)
{
	return fentry_end_send(skb, error, 1);
}

SEC("fentry/ip6_send_skb")
int BPF_PROG(tcptop_send6_2, struct sk_buff *skb)
{
	return fentry_begin_send(skb, 0, 1);
}

SEC("fexit/ip6_send_skb")
int BPF_PROG(tcptop_sent6_2, struct sk_buff *skb, int error)
{
	return fentry_end_send(skb, error, 1);
}

/* The UDP header is already pulled: skb->len is the payload. */
SEC("fentry/__udp_enqueue_schedule_skb")
int BPF_PROG(tcptop_receive, struct sock *sk, struct sk_buff *skb)
{
	struct datagrams d = {};
	struct udp_tag *tag;

	if (sk->sk_protocol != IPPROTO_UDP)
		return 0;
	tag = tag_get_udp(sk);
	if (!tag)
		return 0;
	fentry_set_headers(&d, skb, skb->protocol == bpf_htons(ETH_P_IP));
	if (datagrams_need_scope(&d)) {
		/* Not skb_iif, which is lo for local traffic. */
		const struct inet6_skb_parm *control_block = (const void *)&skb->cb;

		d.key.scope = BPF_CORE_READ(control_block, iif);
	}
	if (!tag->cookie)
		tag_read_udp(tag, sk, bpf_get_socket_cookie(sk));
	datagrams_set_socket(&d, sk, tag);
	datagrams_set_payload(&d, skb->len, fentry_gso_size(skb));
	flow_account(&d, &tag->held.owner);
	return 0;
}

/*
 * The process that creates a UDP socket is its first owner, so that a receiver that ends before a
 * search finds it has an owner too.
 */
static __always_inline int fentry_created(struct sock *sk)
{
	struct udp_tag *tag;

	if (BPF_CORE_READ_BITFIELD(sk, sk_kern_sock))
		return 0;
	tag = tag_new_udp(sk);
	if (tag)
		owner_set_current(&tag->held.owner, SOURCE_LISTENER);
	return 0;
}

SEC("fentry/udp_init_sock")
int BPF_PROG(tcptop_udp4_new, struct sock *sk)
{
	return fentry_created(sk);
}

SEC("fentry/udpv6_init_sock")
int BPF_PROG(tcptop_udp6_new, struct sock *sk)
{
	return fentry_created(sk);
}

#endif
