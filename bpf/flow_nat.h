/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The addresses of an outbound datagram as its socket sees them, for flow_cgroup.h. A datagram
 * reaches the cgroup hook after the machine's own address translation: a request to a service's
 * virtual address, say, arrives there as a datagram to another peer. As for TCP, a flow has the
 * addresses of its socket, or those that its thread gave to sendto(). (Inbound datagrams have been
 * translated back before they reach the hook.)
 */
#ifndef TCPTOP_FLOW_NAT_H
#define TCPTOP_FLOW_NAT_H

#include "flow.h"

struct destination {
	__u64 socket; /* cookie; 0: the datagram has left */
	__be32 address[4];
	__be16 port;
	__u8 unused[6];
};

/*
 * Where each thread is sending to. LRU: the entry of a thread that sent recently is not evicted.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1 << 12);
	__type(key, __u32); /* thread id */
	__type(value, struct destination);
} destinations SEC(".maps");

static __always_inline __u32 nat_thread(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	return BPF_CORE_READ(task, pid);
}

static __always_inline int nat_keep(__u64 socket, const __be32 address[4], __be16 port)
{
	__u32 thread = nat_thread();
	struct destination to = {
		.socket = socket,
		.address = {address[0], address[1], address[2], address[3]},
		.port = port,
	};

	bpf_map_update_elem(&destinations, &thread, &to, BPF_ANY);
	return 1;
}

SEC("cgroup/sendmsg4")
int tcptop_to4(struct bpf_sock_addr *ctx)
{
	__be32 address[4] = {ctx->user_ip4};

	return nat_keep(bpf_get_socket_cookie(ctx), address, ctx->user_port);
}

SEC("cgroup/sendmsg6")
int tcptop_to6(struct bpf_sock_addr *ctx)
{
	__be32 address[4] = {ctx->user_ip6[0], ctx->user_ip6[1], ctx->user_ip6[2],
			     ctx->user_ip6[3]};

	return nat_keep(bpf_get_socket_cookie(ctx), address, ctx->user_port);
}

static __always_inline void nat_set_peer(struct flow_key *key, const __be32 address[4], __be16 port)
{
	__builtin_memcpy(key->remote_address, address, 16);
	key->remote_port = bpf_ntohs(port);
}

/* 0.0.0.0, ::, or ::ffff:0.0.0.0 */
static __always_inline int nat_is_any(const __be32 address[4])
{
	return !address[0] && !address[1] && (!address[2] || address[2] == ADDRESS_V4_MAPPED) &&
	       !address[3];
}

/* volatile: the verifier rejects a read at an offset that the compiler has computed. */
static __always_inline void nat_set_remote(struct datagrams *d, struct __sk_buff *skb,
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
	    address_same((const __be32 *)d->key.remote_address, peer))
		return;
	thread = nat_thread();
	to = bpf_map_lookup_elem(&destinations, &thread);
	if (to && to->socket && to->socket == bpf_get_socket_cookie(skb)) {
		/* To the address 0 means to this machine: the packet has the address. */
		if (!nat_is_any(to->address))
			nat_set_peer(&d->key, to->address, to->port);
		to->socket = 0;
	} else if (connected) {
		nat_set_peer(&d->key, peer, sk->dst_port);
	}
}

static __always_inline void nat_set_local(struct datagrams *d, const volatile struct bpf_sock *sk)
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
