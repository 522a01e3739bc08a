/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A TCP connection's life, from the tracepoints of each change of state and each socket's end. */
#ifndef TCPTOP_LIFECYCLE_H
#define TCPTOP_LIFECYCLE_H

#include <bpf/bpf_tracing.h>

#include "close.h"

/*
 * stand_in: whether this is a stand-in of the program that normally gets the transition. The tag
 * shows whether an earlier program has handled it.
 */
static __always_inline void lifecycle_changed(struct sock *sk, int from, int to, int stand_in)
{
	struct tcp_sock *tcp = bpf_skc_to_tcp_sock(sk); /* NULL: SCTP, MPTCP ... */
	struct tag *tag = NULL;

	if (!tcp)
		return;
	if (stand_in) {
		tag = tag_get(sk, 0);
		if (tag && tag->last_to == to)
			return;
		tag = NULL;
	}
	switch (to) {
	case TCP_LISTEN:
		tag = tag_get(sk, BPF_SK_STORAGE_GET_F_CREATE);
		if (tag)
			owner_set_current(&tag->owner, SOURCE_LISTENER);
		break;
	case TCP_SYN_SENT:
		close_release(sk);
		tag = tag_get(sk, BPF_SK_STORAGE_GET_F_CREATE);
		if (tag) {
			tag_take(tag, SOURCE_CONNECT);
			connection_begin(tag, tcp, DIRECTION_OUTBOUND, 0);
		}
		break;
	case TCP_SYN_RECV: /* has no addresses yet */
		tag = tag_get(sk, 0);
		break;
	case TCP_CLOSE:
		if (from != TCP_CLOSE && from != TCP_LISTEN)
			tag = close_connection(sk, tcp, from);
		else
			tag = tag_get(sk, 0);
		break;
	default:
		tag = connection_get(sk, tcp, from);
		if (tag && close_is_by_task(sk, from, to))
			close_set_owner(tag);
	}
	if (!tag)
		return;
	tag->last_to = to;
	if (stand_in)
		__sync_fetch_and_add(&control.stood_in, 1);
}

/*
 * The kernel does not start a program that is already running on the same processor, in a task that
 * an interrupt or another task has preempted. So each program has a second one, which stands in for
 * it. From Linux 7.0 on tasks preempt each other within a tracepoint: two more stand-ins serve
 * those.
 */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(tcptop_state, struct sock *sk, int from, int to)
{
	lifecycle_changed(sk, from, to, 0);
	return 0;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(tcptop_state_2, struct sock *sk, int from, int to)
{
	lifecycle_changed(sk, from, to, 1);
	return 0;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(tcptop_state_3, struct sock *sk, int from, int to)
{
	lifecycle_changed(sk, from, to, 1);
	return 0;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(tcptop_state_4, struct sock *sk, int from, int to)
{
	lifecycle_changed(sk, from, to, 1);
	return 0;
}

/*
 * Linux 7.0 and later crash where a walk meets storage that goes with its socket, but not where the
 * storage is deleted before: bpf_selem_unlink_nofail() of the former clears the pointer by which
 * the walk's __bpf_sk_storage_map_seq_show() has the socket.
 */
static __always_inline void lifecycle_forget(struct sock *sk)
{
	if (LINUX_KERNEL_VERSION < KERNEL_VERSION(7, 0, 0))
		return;
	bpf_sk_storage_delete(&ends, sk);
	bpf_sk_storage_delete(&sockets, sk);
}

SEC("tp_btf/tcp_destroy_sock")
int BPF_PROG(tcptop_destroy, struct sock *sk)
{
	close_release(sk);
	lifecycle_forget(sk);
	return 0;
}

SEC("tp_btf/tcp_destroy_sock")
int BPF_PROG(tcptop_destroy2, struct sock *sk)
{
	close_release(sk);
	lifecycle_forget(sk);
	return 0;
}

#endif
