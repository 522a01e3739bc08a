/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What was here before tcptop, and which process holds which socket. */
#ifndef TCPTOP_SCAN_H
#define TCPTOP_SCAN_H

#include "connection.h"

/* Tags a TCP socket that had none. A closed or unconnected one needs none, but may have one. */
static __always_inline struct tag *found(struct sock *sk)
{
	struct tcp_sock *tcp = bpf_skc_to_tcp_sock(sk);
	__u8 state = sk->__sk_common.skc_state;
	struct tag *tag;

	if (!tcp)
		return NULL;
	if (state == TCP_CLOSE)
		return tag_of(sk, 0);
	tag = tag_of(sk, BPF_SK_STORAGE_GET_F_CREATE);
	if (tag && !tag->id && state != TCP_LISTEN && state != TCP_SYN_RECV)
		begin(tag, tcp, DIRECTION_UNKNOWN, RECORD_PARTIAL);
	return tag;
}

/* The TCP sockets of this network namespace, also those that no process holds any more. */
SEC("iter/tcp")
int scan_tcp(struct bpf_iter__tcp *ctx)
{
	struct sock *sk = (struct sock *)ctx->sk_common;

	if (sk)
		found(sk);
	return 0;
}

#define FILES_PER_READ 512

/* The TCP and UDP sockets of every process, in all network namespaces, with their owner. */
SEC("iter/task_file")
int scan_files(struct bpf_iter__task_file *ctx)
{
	/* Each read of the context is a pointer of its own to the verifier: read once, check that.
	 */
	struct bpf_iter_meta *meta = ctx->meta;
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct socket *socket;
	struct sock *sk;
	struct tag *tag;

	if (!task || !file)
		return 0;
	/*
	 * A file that its process closes while it is looked at is closed when read() returns: what
	 * is written lets it return soon.
	 */
	if (++control.looked_at % FILES_PER_READ == 0)
		bpf_seq_write(meta->seq, &control.looked_at, sizeof(control.looked_at));
	socket = bpf_sock_from_file(file);
	if (!socket || !socket->sk)
		return 0;
	sk = socket->sk;
	if (sk->__sk_common.skc_family != AF_INET && sk->__sk_common.skc_family != AF_INET6)
		return 0;
	if (sk->sk_protocol == IPPROTO_TCP)
		tag = found(sk);
	else if (sk->sk_protocol == IPPROTO_UDP)
		tag = udp_tag_of(sk);
	else
		return 0;
	/* One without an owner is just being connected. */
	if (!tag || (sk->__sk_common.skc_state == TCP_CLOSE && sk->sk_protocol == IPPROTO_TCP &&
		     !tag->owner.pid))
		return 0;
	if (sk->__sk_common.skc_state != TCP_LISTEN)
		found_holder(tag, task);
	else if (!tag->owner.pid) /* many may hold a listener: whoever called listen() stays */
		own(&tag->owner, task, SOURCE_LISTENER);
	return 0;
}

#endif
