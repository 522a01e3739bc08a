/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A TCP connection's life, from the one tracepoint that every change of state passes. */
#ifndef TCPTOP_LIFECYCLE_H
#define TCPTOP_LIFECYCLE_H

#include <bpf/bpf_tracing.h>

#include "connection.h"

/*
 * Whether the current task made this transition: softirq leaves a socket alone while a task holds
 * its lock (it queues the packet on the backlog, which the holder then works off).
 */
static __always_inline int made_by_task(const struct sock *sk)
{
	return sk->sk_lock.owned;
}

static __always_inline void listening(struct sock *sk)
{
	struct tag *tag = tag_of(sk, BPF_SK_STORAGE_GET_F_CREATE);

	if (tag)
		own_by_current(&tag->owner, SOURCE_LISTENER);
}

/* The tag of a connection, begun here where that was not seen: an accepted one, by softirq. */
static __always_inline struct tag *connection(struct sock *sk, struct tcp_sock *tcp, int from)
{
	struct tag *tag = tag_of(sk, BPF_SK_STORAGE_GET_F_CREATE);

	if (!tag || tag->id)
		return tag;
	if (from == TCP_SYN_RECV) {
		/* The copied owner is the listener's, however that was learnt. */
		if (tag->owner.pid)
			tag->owner.source = SOURCE_LISTENER;
		begin(tag, tcp, DIRECTION_INBOUND, 0);
	} else if (from == TCP_SYN_SENT) {
		begin(tag, tcp, DIRECTION_OUTBOUND, 0);
	} else {
		begin(tag, tcp, DIRECTION_UNKNOWN, control.ready ? 0 : RECORD_PARTIAL);
	}
	return tag;
}

static __always_inline void closed(struct sock *sk, struct tcp_sock *tcp, int from)
{
	struct tag *tag;
	struct record *r;
	__u64 id;

	/* Before the start-up scans ended, a socket without a tag is older and was never shown. */
	tag = control.ready && from != TCP_SYN_RECV ? connection(sk, tcp, from) : tag_of(sk, 0);
	if (!tag || !tag->id)
		return;
	if (is_guess(&tag->owner) && made_by_task(sk))
		own_by_current(&tag->owner, SOURCE_CLOSE);
	/* First the tag, then the record: who has read the record finds no live socket any more. */
	id = tag->id;
	tag->id = 0;
	r = bpf_ringbuf_reserve(&closes, sizeof(*r), 0);
	if (!r) {
		__sync_fetch_and_add(&control.lost.closes, 1);
		return;
	}
	fill(r, sk, tcp, tag);
	r->id = id;
	r->state = TCP_CLOSE;
	r->last_state = from;
	r->error = sk->sk_err;
	r->flags |= RECORD_CLOSED;
	bpf_ringbuf_submit(r, BPF_RB_NO_WAKEUP);
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(state_change, struct sock *sk, int from, int to)
{
	struct tcp_sock *tcp = bpf_skc_to_tcp_sock(sk); /* NULL: SCTP, MPTCP ... */
	struct tag *tag;

	if (!tcp)
		return 0;
	switch (to) {
	case TCP_LISTEN:
		listening(sk);
		break;
	case TCP_SYN_SENT:
		tag = tag_of(sk, BPF_SK_STORAGE_GET_F_CREATE);
		if (tag) {
			own_by_current(&tag->owner, SOURCE_CONNECT);
			begin(tag, tcp, DIRECTION_OUTBOUND, 0);
		}
		break;
	case TCP_SYN_RECV: /* has no addresses yet */
		break;
	case TCP_CLOSE:
		if (from != TCP_CLOSE && from != TCP_LISTEN)
			closed(sk, tcp, from);
		break;
	default:
		tag = connection(sk, tcp, from);
		if (tag && (to == TCP_FIN_WAIT1 || to == TCP_LAST_ACK) && is_guess(&tag->owner) &&
		    made_by_task(sk))
			own_by_current(&tag->owner, SOURCE_CLOSE);
	}
	return 0;
}

#endif
