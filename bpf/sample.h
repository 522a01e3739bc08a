/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The walks that report what changed since the last tick. They write to the samples array and leave
 * the seq file empty: a walk that writes to it restarts its bucket at each read, and its cost turns
 * quadratic.
 */
#ifndef TCPTOP_SAMPLE_H
#define TCPTOP_SAMPLE_H

#include "close.h"
#include "flow.h"

/*
 * The next free record, or NULL where the array is full: then control.left tells user space to take
 * the records and to walk again. A walk always covers everything, so nothing is skipped, and
 * seen_tick prevents a second report.
 */
static __always_inline struct record *sample_next(void)
{
	__u32 at = control.sampled;
	struct record *r = at < control.capacity ? bpf_map_lookup_elem(&samples, &at) : NULL;

	if (r)
		control.sampled = at + 1;
	else
		control.left++;
	return r;
}

SEC("iter/bpf_sk_storage_map")
int tcptop_sockets(struct bpf_iter__bpf_sk_storage_map *ctx)
{
	struct sock *sk = ctx->sk;
	struct tag *tag = ctx->value;
	struct tcp_sock *tcp;
	struct record *r;
	__u32 in, out, bytes_in, sequence, rtt;
	__u64 id;
	__u8 state;

	if (!sk || !tag)
		return 0;
	id = tag->id;
	if (!id || tag->seen_tick == control.tick)
		return 0;
	tcp = bpf_skc_to_tcp_sock(sk);
	if (!tcp)
		return 0;
	tag_settle_owner(tag);
	in = tcp->segs_in;
	out = tcp->segs_out;
	bytes_in = tcp->bytes_received;
	sequence = tcp->snd_nxt;
	rtt = tcp->srtt_us;
	state = sk->__sk_common.skc_state;
	if (in == tag->seen_segs_in && out == tag->seen_segs_out && state == tag->seen_state &&
	    bytes_in == tag->seen_bytes_in && sequence == tag->seen_sequence &&
	    rtt == tag->seen_rtt && tag->owner.pid == tag->seen_pid &&
	    tag->owner.source == tag->seen_source && !control.sweep)
		return 0;
	r = sample_next();
	if (!r)
		return 0;
	connection_fill(r, sk, tcp, tag);
	r->id = id;
	barrier();
	/*
	 * The walk has the tag, but no reference to the socket, whose memory may belong to another
	 * connection by now. A close that came in between has cleared the id.
	 */
	if (*(volatile __u64 *)&tag->id != id) {
		control.sampled--;
		return 0;
	}
	/*
	 * An accepting process may pass the socket to a child immediately, so request one owner
	 * search.
	 */
	if (owner_is_guess(&tag->owner) || (!tag->seen_state && tag->owner.source == SOURCE_ACCEPT))
		control.guesses++;
	tag->seen_tick = control.tick;
	tag->seen_segs_in = in;
	tag->seen_segs_out = out;
	tag->seen_bytes_in = bytes_in;
	tag->seen_sequence = sequence;
	tag->seen_rtt = rtt;
	tag->seen_state = state;
	tag->seen_pid = r->pid;
	tag->seen_source = r->pid_source;
	return 0;
}

/* How long a process may take to accept a connection that has already ended. */
#define ACCEPT_NS 1000000000

/* Sends the closing records that wait for their owner, once a search has looked for it. */
SEC("iter/bpf_sk_storage_map")
int tcptop_ends(struct bpf_iter__bpf_sk_storage_map *ctx)
{
	struct sock *sk = ctx->sk;
	struct record *end = ctx->value;
	struct tag *tag;
	__u64 since;

	if (!sk || !end || !end->id)
		return 0;
	tag = tag_get(sk, 0);
	if (!tag)
		return 0;
	tag_settle_owner(tag);
	/*
	 * A process that has just accepted may have no descriptor yet: an early search that found
	 * no holder proves nothing.
	 */
	since = end->seen_ns + (owner_is_guess(&tag->owner) ? ACCEPT_NS : 0);
	if (!BPF_CORE_READ(sk, sk_socket) && control.now_ns - end->seen_ns < ACCEPT_NS &&
	    !control.sweep) {
		/* In its listener's queue, where no search can find a holder. */
		control.ends_left++;
	} else if (since < control.searched_ns || control.sweep) {
		close_deliver(end, &tag->owner);
	} else {
		control.ends_left++;
		control.waiting++;
	}
	return 0;
}

SEC("iter/bpf_map_elem")
int tcptop_flows(struct bpf_iter__bpf_map_elem *ctx)
{
	const struct flow_key *key = ctx->key;
	struct flow *flow = ctx->value;
	struct record *r;
	__u64 packets;
	int ended;

	if (!key || !flow || flow->seen_tick == control.tick || flow->phase == FLOW_ENDED)
		return 0;
	if (control.sampled == control.capacity) {
		control.left++;
		return 0;
	}
	ended = flow_end(flow);
	packets = flow->packets_in + flow->packets_out;
	if (packets == flow->seen_packets && flow->owner.pid == flow->seen_pid && !ended &&
	    !control.sweep)
		return 0;
	r = sample_next();
	if (!r)
		return 0;
	flow_fill(r, key, flow);
	if (ended)
		r->flags = RECORD_CLOSED;
	if (owner_is_guess(&flow->owner))
		control.guesses++;
	flow->seen_tick = control.tick;
	flow->seen_packets = packets;
	flow->seen_pid = r->pid;
	return 0;
}

#endif
