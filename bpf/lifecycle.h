/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A TCP connection's life, from the tracepoints that every change of state and every end pass. */
#ifndef TCPTOP_LIFECYCLE_H
#define TCPTOP_LIFECYCLE_H

#include <bpf/bpf_tracing.h>

#include "connection.h"

/*
 * Whether the current task holds the socket's lock: softirq then leaves the socket alone (it queues
 * the packet on the backlog, which the holder works off).
 */
static __always_inline int locked_by_task(const struct sock *sk)
{
	return sk->sk_lock.owned;
}

/*
 * Whether a process ends the connection by this transition. A FIN is sent by close() or shutdown().
 * Without one, close() and disconnect() leave no error, unlike a packet of the backlog or `ss -K`.
 */
static __always_inline int ended_by_task(const struct sock *sk, int from, int to)
{
	if (to == TCP_FIN_WAIT1 || to == TCP_LAST_ACK)
		return locked_by_task(sk);
	return to == TCP_CLOSE && locked_by_task(sk) && !sk->sk_err &&
	       (from == TCP_ESTABLISHED || from == TCP_CLOSE_WAIT || from == TCP_SYN_RECV ||
		from == TCP_SYN_SENT);
}

/*
 * The owner of a socket that the current task lets go of. Where that one only looked, the search
 * that it was at may have found who held the socket to the last.
 */
static __always_inline void last_owner(struct tag *tag)
{
	if (only_looks())
		settle_owner(tag);
	else
		take_by_close(tag);
}

/* The tag of a connection, begun here: an accepted one, by softirq, or one that is older. */
static __always_inline struct tag *connection(struct sock *sk, struct tcp_sock *tcp, int from)
{
	struct tag *tag = tag_of(sk, BPF_SK_STORAGE_GET_F_CREATE);

	if (!tag || tag->id)
		return tag;
	if (from == TCP_SYN_RECV)
		begin(tag, tcp, DIRECTION_INBOUND, 0);
	else if (from == TCP_SYN_SENT)
		begin(tag, tcp, DIRECTION_OUTBOUND, 0);
	else
		begin(tag, tcp, DIRECTION_UNKNOWN, RECORD_PARTIAL);
	return tag;
}

/*
 * Whether the process ends the connection by a reset although it has sent its FIN: then neither the
 * peer's FIN came, nor is it gone. The kernel notes no error before the socket is closed.
 */
static __always_inline int aborted_after_fin(const struct sock *sk, int from)
{
	unsigned long ended = sk->__sk_common.skc_flags & (1 << SOCK_DEAD | 1 << SOCK_DONE);

	return (from == TCP_FIN_WAIT1 || from == TCP_FIN_WAIT2) && !ended;
}

static __always_inline void fill_closed(struct record *r, const struct sock *sk,
					const struct tcp_sock *tcp, const struct tag *tag, int from)
{
	fill(r, sk, tcp, tag);
	r->state = TCP_CLOSE;
	r->last_state = from;
	r->error = sk->sk_err;
	if (!r->error && aborted_after_fin(sk, from))
		r->error = ECONNRESET;
	r->flags |= RECORD_CLOSED;
}

/* Sends a closing record that waited for its owner. A walk and a close may come at once: one does.
 */
static __always_inline void deliver(struct record *end, const struct owner *owner)
{
	__u64 id = __sync_lock_test_and_set(&end->id, 0);
	struct record *r;

	if (!id)
		return;
	__sync_fetch_and_add(&control.ends_taken, 1);
	r = bpf_ringbuf_reserve(&closes, sizeof(*r), 0);
	if (!r) {
		__sync_fetch_and_add(&control.lost.closes, 1);
		return;
	}
	__builtin_memcpy(r, end, sizeof(*r));
	r->id = id;
	r->pid = owner->pid;
	r->pid_source = owner->source;
	__builtin_memcpy(r->process, owner->process, sizeof(r->process));
	bpf_ringbuf_submit(r, BPF_RB_NO_WAKEUP);
}

/* The process is done with a socket whose connection had ended before. */
static __always_inline void let_go(struct sock *sk)
{
	const volatile struct control *now = &control;
	__u64 taken = now->ends_taken; /* first: a count that is too low does no harm */
	struct record *end;
	struct tag *tag;

	if (now->ends_kept == taken) /* none waits, as nearly always */
		return;
	end = bpf_sk_storage_get(&ends, sk, NULL, 0);
	if (!end || !end->id)
		return;
	tag = tag_of(sk, 0);
	if (!tag)
		return;
	if (locked_by_task(sk))
		last_owner(tag);
	deliver(end, &tag->owner);
}

static __always_inline void closed(struct sock *sk, struct tcp_sock *tcp, int from)
{
	int dead = sk->__sk_common.skc_flags >> SOCK_DEAD & 1;
	struct tag *tag;
	struct record *r;
	__u64 id;

	/*
	 * A socket without a tag is older and was never shown, until the start-up scans have ended.
	 * In SYN_RECV it is no connection yet, unless it began with data (TCP Fast Open).
	 */
	if (control.ready && (from != TCP_SYN_RECV || tcp->fastopen_rsk))
		tag = connection(sk, tcp, from);
	else
		tag = tag_of(sk, 0);
	if (!tag || !tag->id)
		return;
	id = tag->id;
	if (ended_by_task(sk, from, TCP_CLOSE)) {
		last_owner(tag);
	} else if (!dead) {
		r = bpf_sk_storage_get(&ends, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
		if (r) {
			fill_closed(r, sk, tcp, tag, from);
			__sync_fetch_and_add(&control.ends_kept, 1);
			r->id = id; /* it can be taken from now on */
			tag->id = 0;
			return;
		}
	}
	/* First the tag, then the record: who has read the record finds no live socket any more. */
	tag->id = 0;
	r = bpf_ringbuf_reserve(&closes, sizeof(*r), 0);
	if (!r) {
		__sync_fetch_and_add(&control.lost.closes, 1);
		return;
	}
	fill_closed(r, sk, tcp, tag, from);
	r->id = id;
	bpf_ringbuf_submit(r, BPF_RB_NO_WAKEUP);
}

/*
 * again: by a stand-in of the program that has this transition first. The tag tells whether one
 * before it took it.
 */
static __always_inline void changed(struct sock *sk, int from, int to, int again)
{
	struct tcp_sock *tcp = bpf_skc_to_tcp_sock(sk); /* NULL: SCTP, MPTCP ... */
	struct tag *tag = NULL;

	if (!tcp)
		return;
	if (again) {
		tag = tag_of(sk, 0);
		if (tag && tag->seen_to == to)
			return;
		tag = NULL;
	}
	switch (to) {
	case TCP_LISTEN:
		tag = tag_of(sk, BPF_SK_STORAGE_GET_F_CREATE);
		if (tag)
			own_by_current(&tag->owner, SOURCE_LISTENER);
		break;
	case TCP_SYN_SENT:
		let_go(sk);
		tag = tag_of(sk, BPF_SK_STORAGE_GET_F_CREATE);
		if (tag) {
			take(tag, SOURCE_CONNECT);
			begin(tag, tcp, DIRECTION_OUTBOUND, 0);
		}
		break;
	case TCP_SYN_RECV: /* has no addresses yet */
		tag = tag_of(sk, 0);
		break;
	case TCP_CLOSE:
		if (from != TCP_CLOSE && from != TCP_LISTEN)
			closed(sk, tcp, from);
		tag = tag_of(sk, 0);
		break;
	default:
		tag = connection(sk, tcp, from);
		if (tag && ended_by_task(sk, from, to))
			last_owner(tag);
	}
	if (!tag)
		return;
	tag->seen_to = to;
	if (again)
		__sync_fetch_and_add(&control.stood_in, 1);
}

/*
 * The kernel does not start a program that is under way on the same processor already: in a task
 * that an interrupt, or another task, has come before. So each has a second one, which stands in.
 * Tasks come before each other within a tracepoint from Linux 7.0 on: there are two more for those.
 */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(state_change, struct sock *sk, int from, int to)
{
	changed(sk, from, to, 0);
	return 0;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(state_again, struct sock *sk, int from, int to)
{
	changed(sk, from, to, 1);
	return 0;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(state_third, struct sock *sk, int from, int to)
{
	changed(sk, from, to, 1);
	return 0;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(state_fourth, struct sock *sk, int from, int to)
{
	changed(sk, from, to, 1);
	return 0;
}

/*
 * Linux 7.0 and later crash where a walk meets storage that goes with its socket, but not where it
 * is deleted first: bpf_selem_unlink_nofail() of the former clears the pointer by which the walk's
 * __bpf_sk_storage_map_seq_show() has the socket.
 */
static __always_inline void forget(struct sock *sk)
{
	if (LINUX_KERNEL_VERSION < KERNEL_VERSION(7, 0, 0))
		return;
	bpf_sk_storage_delete(&ends, sk);
	bpf_sk_storage_delete(&sockets, sk);
}

SEC("tp_btf/tcp_destroy_sock")
int BPF_PROG(destroyed, struct sock *sk)
{
	let_go(sk);
	forget(sk);
	return 0;
}

SEC("tp_btf/tcp_destroy_sock")
int BPF_PROG(destroyed_again, struct sock *sk)
{
	let_go(sk);
	forget(sk);
	return 0;
}

#endif
