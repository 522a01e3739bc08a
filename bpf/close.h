/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* How a TCP connection closes: by which process, why, and when its closing record is sent. */
#ifndef TCPTOP_CLOSE_H
#define TCPTOP_CLOSE_H

#include "connection.h"

/*
 * The closing record of a connection that ended while a process still holds the socket, by the
 * address of the socket: it waits here until that process is known. id 0: the record has been sent.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1 << 16);
	__type(key, __u64);
	__type(value, struct record);
} ends SEC(".maps");

static const struct record close_empty;

/* The place for the closing record of this socket. NULL: the table is full. */
static __always_inline struct record *close_make_end(struct sock *sk)
{
	__u64 key = (__u64)sk;

	bpf_map_update_elem(&ends, &key, &close_empty, BPF_NOEXIST);
	return bpf_map_lookup_elem(&ends, &key);
}

/*
 * Whether the current task holds the socket's lock: softirq then does not touch the socket (it
 * queues the packet on the backlog, which the holder works off).
 */
static __always_inline int close_is_locked_by_task(const struct sock *sk)
{
	return sk->sk_lock.owned;
}

/*
 * Whether a process ends the connection by this transition. A FIN is sent by close() or shutdown().
 * Without a FIN, close() and disconnect() leave no error, whereas a packet of the backlog and
 * `ss -K` do.
 */
static __always_inline int close_is_by_task(const struct sock *sk, int from, int to)
{
	if (to == TCP_FIN_WAIT1 || to == TCP_LAST_ACK)
		return close_is_locked_by_task(sk);
	return to == TCP_CLOSE && close_is_locked_by_task(sk) && !sk->sk_err &&
	       (from == TCP_ESTABLISHED || from == TCP_CLOSE_WAIT || from == TCP_SYN_RECV ||
		from == TCP_SYN_SENT);
}

/*
 * Sets the owner of a socket that the current task releases. A task that only inspects descriptors
 * is not the owner, but the search that it runs may have found the last process that was.
 */
static __always_inline void close_set_owner(struct tag *tag)
{
	if (owner_current_inspects())
		held_settle(&tag->held);
	else
		tag_take_by_close(tag);
}

/*
 * Whether the process resets the connection although it has sent its FIN: then the peer's FIN has
 * not arrived and the socket is not dead. The kernel sets no error until the socket is closed.
 */
static __always_inline int close_aborts_after_fin(const struct sock *sk, int from)
{
	unsigned long ended = sk->__sk_common.skc_flags & (1 << SOCK_DEAD | 1 << SOCK_DONE);

	return (from == TCP_FIN_WAIT1 || from == TCP_FIN_WAIT2) && !ended;
}

static __always_inline void close_fill(struct record *r, const struct sock *sk,
				       const struct tcp_sock *tcp, const struct tag *tag, int from)
{
	connection_fill(r, sk, tcp, tag);
	r->state = TCP_CLOSE;
	r->last_state = from;
	r->error = sk->sk_err;
	if (!r->error && close_aborts_after_fin(sk, from))
		r->error = ECONNRESET;
	r->flags |= RECORD_CLOSED;
}

/*
 * Sends a closing record that waited for its owner. A walk and a close may race; the atomic
 * exchange lets exactly one of them send.
 */
static __always_inline void close_deliver(struct record *end, const struct owner *owner)
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

/* The process releases a socket whose connection had ended before. */
static __always_inline void close_release(struct sock *sk)
{
	const volatile struct control *now = &control;
	__u64 taken = now->ends_taken; /* read first: a count that is too low does no harm */
	__u64 key = (__u64)sk;
	struct record *end;
	struct tag *tag;

	if (now->ends_kept == taken) /* no closing record waits, as nearly always */
		return;
	end = bpf_map_lookup_elem(&ends, &key);
	if (!end || !end->id)
		return;
	tag = tag_get(sk);
	if (!tag)
		return;
	if (close_is_locked_by_task(sk))
		close_set_owner(tag);
	close_deliver(end, &tag->held.owner);
}

/* The socket ends, and with it the place where its closing record waited. */
static __always_inline void close_drop(struct sock *sk)
{
	__u64 key = (__u64)sk;

	close_release(sk);
	bpf_map_delete_elem(&ends, &key);
}

/*
 * The connection closes: its closing record is sent, or kept where a process still holds the socket
 * and may not be known yet. Returns the socket's tag, NULL if it has none.
 */
static __always_inline struct tag *close_connection(struct sock *sk, struct tcp_sock *tcp, int from)
{
	int dead = sk->__sk_common.skc_flags >> SOCK_DEAD & 1;
	struct tag *tag;
	struct record *r;
	__u64 id;

	/*
	 * During the start-up scans a socket without a tag is older than tcptop and was never
	 * shown. In SYN_RECV there is no connection yet, unless it began with data (TCP Fast Open).
	 */
	if (control.ready && (from != TCP_SYN_RECV || tcp->fastopen_rsk))
		tag = connection_get(sk, tcp, from);
	else
		tag = tag_get(sk);
	if (!tag || !tag->id)
		return tag;
	id = tag->id;
	if (close_is_by_task(sk, from, TCP_CLOSE)) {
		close_set_owner(tag);
	} else if (!dead) {
		r = close_make_end(sk);
		if (r) {
			close_fill(r, sk, tcp, tag, from);
			__sync_fetch_and_add(&control.ends_kept, 1);
			tag->ended = 1;
			r->id = id; /* from now on the record can be delivered */
			tag->id = 0;
			return tag;
		}
	}
	/*
	 * Clear the tag before submitting, so that a reader of the record cannot still see the
	 * socket as live.
	 */
	tag->id = 0;
	r = bpf_ringbuf_reserve(&closes, sizeof(*r), 0);
	if (!r) {
		__sync_fetch_and_add(&control.lost.closes, 1);
		return tag;
	}
	close_fill(r, sk, tcp, tag, from);
	r->id = id;
	bpf_ringbuf_submit(r, BPF_RB_NO_WAKEUP);
	return tag;
}

#endif
