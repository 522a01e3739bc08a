/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The payload bytes of a TCP socket, from the kernel's counters. */
#ifndef TCPTOP_TCP_H
#define TCPTOP_TCP_H

#include "kernel.h"
#include "record.h"

/* Whether the sequence numbers sent include a FIN. */
static __always_inline int tcp_sent_fin(const struct tcp_sock *tcp)
{
	__u8 state = ((const struct sock *)tcp)->__sk_common.skc_state;

	return (state == TCP_FIN_WAIT1 || state == TCP_FIN_WAIT2 || state == TCP_CLOSING ||
		state == TCP_LAST_ACK) &&
	       tcp->snd_nxt == tcp->write_seq;
}

/* Payload bytes by the sequence numbers sent. */
static __always_inline __u64 tcp_sent_by_sequence(const struct tcp_sock *tcp, __u8 syn)
{
	__u32 unacknowledged = tcp->snd_nxt - tcp->snd_una;

	barrier(); /* an ACK between the two reads is counted twice, but never missed */
	return tcp->bytes_acked + unacknowledged - syn - tcp_sent_fin(tcp);
}

static __always_inline __u64 tcp_sent_by_count(const struct tcp_sock *tcp)
{
	return tcp->bytes_sent - tcp->bytes_retrans;
}

/*
 * Payload bytes that left, each counted once. bytes_sent also counts a segment that this machine's
 * own firewall or full queue refused, and counts it again when it is sent. The sequence numbers do
 * not, but they change while they are read, and the result is then too large. So the smaller of the
 * two figures is right.
 */
static __always_inline __u64 tcp_sent_once(const struct tcp_sock *tcp, __u8 syn)
{
	__u64 sequence = tcp_sent_by_sequence(tcp, syn), count = tcp_sent_by_count(tcp);

	return sequence < count ? sequence : count;
}

/* Payload bytes that arrived. The kernel counts the sequence number of a FIN as one more. */
static __always_inline __u64 tcp_received(const struct tcp_sock *tcp)
{
	__u64 fin = ((const struct sock *)tcp)->__sk_common.skc_flags >> SOCK_DONE & 1;

	return tcp->bytes_received - fin;
}

#endif
