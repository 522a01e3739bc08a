/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * A datagram reaches the cgroup hook after the machine's own address translation: for a socket that
 * asks a service by its virtual address, say, as one to another peer. What counts is whom the
 * socket talks to, as for TCP: the addresses of the socket, and those that its thread gave to
 * sendto(). (What comes in has been translated back before the hook.)
 */
#ifndef TCPTOP_FLOW_NAT_H
#define TCPTOP_FLOW_NAT_H

#include "flow.h"

struct destination {
	__u64 socket; /* cookie; 0: its datagram has left */
	__be32 address[4];
	__be16 port;
	__u8 unused[6];
};

/* Where each thread is sending to. LRU: one that sent last is never pushed out. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1 << 12);
	__type(key, __u32); /* thread */
	__type(value, struct destination);
} destinations SEC(".maps");

static __always_inline __u32 current_thread(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	return BPF_CORE_READ(task, pid);
}

static __always_inline int keep_destination(__u64 socket, const __be32 address[4], __be16 port)
{
	__u32 thread = current_thread();
	struct destination to = {
		.socket = socket,
		.address = {address[0], address[1], address[2], address[3]},
		.port = port,
	};

	bpf_map_update_elem(&destinations, &thread, &to, BPF_ANY);
	return 1;
}

SEC("cgroup/sendmsg4")
int udp4_to(struct bpf_sock_addr *ctx)
{
	__be32 address[4] = {ctx->user_ip4};

	return keep_destination(bpf_get_socket_cookie(ctx), address, ctx->user_port);
}

SEC("cgroup/sendmsg6")
int udp6_to(struct bpf_sock_addr *ctx)
{
	__be32 address[4] = {ctx->user_ip6[0], ctx->user_ip6[1], ctx->user_ip6[2],
			     ctx->user_ip6[3]};

	return keep_destination(bpf_get_socket_cookie(ctx), address, ctx->user_port);
}

static __always_inline int same_address(const __be32 a[4], const __be32 b[4])
{
	return a[0] == b[0] && a[1] == b[1] && a[2] == b[2] && a[3] == b[3];
}

static __always_inline void set_remote(struct flow_key *key, const __be32 address[4], __be16 port)
{
	__builtin_memcpy(key->remote_address, address, 16);
	key->remote_port = bpf_ntohs(port);
}

/* volatile: the verifier wants each field read at an offset that the compiler has not computed. */
static __always_inline void socket_remote(struct datagrams *d, struct __sk_buff *skb,
					  const volatile struct bpf_sock *sk)
{
	int connected = sk->state == TCP_ESTABLISHED;
	__be32 peer[4] = {};
	struct destination *to;
	__u32 thread;

	if (d->key.family == AF_INET) {
		peer[0] = sk->dst_ip4;
	} else {
		peer[0] = sk->dst_ip6[0], peer[1] = sk->dst_ip6[1];
		peer[2] = sk->dst_ip6[2], peer[3] = sk->dst_ip6[3];
	}
	if (connected && d->key.remote_port == bpf_ntohs(sk->dst_port) &&
	    same_address((const __be32 *)d->key.remote_address, peer))
		return;
	thread = current_thread();
	to = bpf_map_lookup_elem(&destinations, &thread);
	if (to && to->socket && to->socket == bpf_get_socket_cookie(skb)) {
		set_remote(&d->key, to->address, to->port);
		to->socket = 0;
	} else if (connected) {
		set_remote(&d->key, peer, sk->dst_port);
	}
}

static __always_inline void socket_local(struct datagrams *d, const volatile struct bpf_sock *sk)
{
	__be32 *local = (__be32 *)d->key.local_address;

	d->key.local_port = sk->src_port;
	if (d->key.family == AF_INET) {
		if (sk->src_ip4)
			local[0] = sk->src_ip4;
	} else if (sk->src_ip6[0] || sk->src_ip6[1] || sk->src_ip6[2] || sk->src_ip6[3]) {
		local[0] = sk->src_ip6[0], local[1] = sk->src_ip6[1];
		local[2] = sk->src_ip6[2], local[3] = sk->src_ip6[3];
	}
}

#endif
