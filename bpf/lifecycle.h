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
		tag = tag_get(sk);
		if (tag && tag->last_to == to)
			return;
		tag = NULL;
	}
	switch (to) {
	case TCP_LISTEN:
		tag = tag_first(sk);
		if (tag)
			owner_set_current(&tag->held.owner, SOURCE_LISTENER);
		break;
	case TCP_SYN_SENT:
		close_release(sk);
		tag = tag_first(sk);
		if (tag) {
			tag->last_to = to; /* before it has an id: see sample.h */
			held_take(&tag->held, SOURCE_CONNECT);
			/* A connection that is restored (TCP_REPAIR) sends no SYN. */
			connection_begin(tag, bpf_get_socket_cookie(sk), tcp,
					 BPF_CORE_READ_BITFIELD(tcp, repair) ? DIRECTION_UNKNOWN
									     : DIRECTION_OUTBOUND,
					 0);
		}
		break;
	case TCP_SYN_RECV: /* has no addresses yet */
		tag = from == TCP_LISTEN ? tag_inherit(sk) : tag_get(sk);
		break;
	case TCP_CLOSE:
		if (from != TCP_CLOSE && from != TCP_LISTEN)
			tag = close_connection(sk, tcp, from);
		else
			tag = tag_get(sk);
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

static __always_inline void lifecycle_ended(struct sock *sk)
{
	struct tag *tag = tag_get(sk);

	if (!tag)
		return;
	if (tag->ended)
		close_drop(sk);
	tag_drop(tag, sk);
}

SEC("tp_btf/tcp_destroy_sock")
int BPF_PROG(tcptop_destroy, struct sock *sk)
{
	lifecycle_ended(sk);
	return 0;
}

SEC("tp_btf/tcp_destroy_sock")
int BPF_PROG(tcptop_destroy2, struct sock *sk)
{
	lifecycle_ended(sk);
	return 0;
}

#endif
