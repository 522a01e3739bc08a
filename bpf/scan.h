/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The connections that are older than tcptop, and the search: which process holds which socket. */
#ifndef TCPTOP_SCAN_H
#define TCPTOP_SCAN_H

#include "connection.h"

/*
 * Tags a TCP socket that has no tag. A closed or unconnected socket needs none, but may have one.
 * NULL: the socket has no tag.
 *
 * tcp: the same socket; NULL: a copy serves, since no helper takes this one
 * cookie: the socket's; 0: it has none yet
 */
static __always_inline struct tag *scan_socket(struct sock *sk, const struct tcp_sock *tcp,
					       __u64 cookie)
{
	__u8 state = sk->__sk_common.skc_state;
	struct tag *tag;

	if (state == TCP_CLOSE)
		return tag_get(sk);
	tag = control.ready ? tag_make(sk) : tag_first(sk);
	if (!tag)
		return NULL;
	if (tag->id) {
		if (!tag->cookie)
			tag->cookie = cookie;
	} else if (state != TCP_LISTEN && state != TCP_SYN_RECV) {
		if (!tcp)
			tcp = connection_copy(sk);
		if (tcp)
			connection_begin(tag, cookie, tcp, DIRECTION_UNKNOWN, RECORD_PARTIAL);
	}
	return tag;
}

/* The TCP sockets of this network namespace, including those that no process holds any more. */
SEC("iter/tcp")
int tcptop_scan_tcp(struct bpf_iter__tcp *ctx)
{
	struct sock *sk = (struct sock *)ctx->sk_common;
	struct tcp_sock *tcp = sk ? bpf_skc_to_tcp_sock(sk) : NULL;

	if (tcp)
		scan_socket(sk, tcp, bpf_get_socket_cookie(sk));
	return 0;
}

#define FILES_PER_READ 512

/* The TCP and UDP sockets of every process, in all network namespaces, with their owner. */
SEC("iter/task_file")
int tcptop_scan_fd(struct bpf_iter__task_file *ctx)
{
	/*
	 * To the verifier each read of a field of ctx is a pointer of its own: read each once, and
	 * check and use that.
	 */
	struct bpf_iter_meta *meta = ctx->meta;
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct socket *socket;
	struct udp_tag *udp;
	struct sock *sk;
	struct tag *tag;
	__u8 state;

	if (!task || !file || task->flags & PF_EXITING)
		return 0;
	/*
	 * A file that its process closes while the walk looks at it is only released when read()
	 * returns. Output makes read() return soon.
	 */
	if (++control.looked_at % FILES_PER_READ == 0)
		bpf_seq_write(meta->seq, &control.looked_at, sizeof(control.looked_at));
	socket = bpf_sock_from_file(file);
	if (!socket || !socket->sk)
		return 0;
	sk = socket->sk;
	if (sk->__sk_common.skc_family != AF_INET && sk->__sk_common.skc_family != AF_INET6)
		return 0;
	if (sk->sk_protocol == IPPROTO_UDP && sk->sk_type == SOCK_DGRAM) {
		udp = tag_get_udp(sk);
		if (udp)
			held_found(&udp->held, task);
		return 0;
	}
	if (sk->sk_protocol != IPPROTO_TCP || sk->sk_type != SOCK_STREAM)
		return 0;
	/*
	 * A kernel may hold the socket of a file for untrusted: it can be read, but no helper takes
	 * it.
	 */
	tag = scan_socket(sk, NULL, sk->__sk_common.skc_cookie.counter);
	if (!tag)
		return 0;
	state = sk->__sk_common.skc_state;
	if (state == TCP_LISTEN) {
		/* Many processes may hold a listener: the one that called listen() stays. */
		if (!tag->held.owner.pid)
			owner_set(&tag->held.owner, task, SOURCE_LISTENER);
	} else if (state != TCP_CLOSE || tag->held.owner.pid) {
		/* A closed socket without an owner is just being connected. */
		tag_found_holder(tag, task);
	}
	return 0;
}

#endif
