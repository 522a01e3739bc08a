/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The walks that report what changed since the last tick. They write to the samples array and leave
 * the seq file empty: one that is written to restarts its bucket at each read and turns quadratic.
 */
#ifndef TCPTOP_SAMPLE_H
#define TCPTOP_SAMPLE_H

#include "lifecycle.h"

/*
 * The next free record, or NULL where the array is full: then control.left tells user space to take
 * what is there and to walk once more. A walk is always whole, so it skips nothing, and seen_tick
 * keeps it from reporting anything twice.
 */
static __always_inline struct record *next_record(void)
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
int sample_sockets(struct bpf_iter__bpf_sk_storage_map *ctx)
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
	settle_owner(tag);
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
	r = next_record();
	if (!r)
		return 0;
	fill(r, sk, tcp, tag);
	r->id = id;
	barrier();
	/*
	 * The walk holds the tag, but not the socket: its memory may be another connection's by
	 * now. A close that comes first takes the id away.
	 */
	if (*(volatile __u64 *)&tag->id != id) {
		control.sampled--;
		return 0;
	}
	/* One that accepts may hand it to a child at once: one search sees to that. */
	if (is_guess(&tag->owner) || (!tag->seen_state && tag->owner.source == SOURCE_ACCEPT))
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

#define ACCEPT_NS 1000000000 /* so long may a process take to accept what has ended already */

/* Closing records that wait for their owner: a search has looked for it since. */
SEC("iter/bpf_sk_storage_map")
int sample_ends(struct bpf_iter__bpf_sk_storage_map *ctx)
{
	struct sock *sk = ctx->sk;
	struct record *end = ctx->value;
	struct tag *tag;
	__u64 since;

	if (!sk || !end || !end->id)
		return 0;
	tag = tag_of(sk, 0);
	if (!tag)
		return 0;
	settle_owner(tag);
	/* Who has just accepted may have no descriptor yet: a search that found none is no proof.
	 */
	since = end->seen_ns + (is_guess(&tag->owner) ? ACCEPT_NS : 0);
	if (!BPF_CORE_READ(sk, sk_socket) && control.now_ns - end->seen_ns < ACCEPT_NS &&
	    !control.sweep) {
		/* In its listener's queue: nobody can be found to hold it. */
		control.ends_left++;
	} else if (since < control.searched_ns || control.sweep) {
		deliver(end, &tag->owner);
	} else {
		control.ends_left++;
		control.waiting++;
	}
	return 0;
}

#define GRACE_NS 50000000 /* longer than any datagram's accounting takes */

/* Moves an idle flow towards its end. 1: it has ended, and its counts are final. */
static __always_inline int end_flow(struct flow *flow)
{
	__u64 last = flow->last_ns, idle = control.now_ns > last ? control.now_ns - last : 0;

	if (flow->phase == FLOW_LIVE) {
		if (idle >= control.idle_ns / 2) {
			flow->ending_ns = control.now_ns;
			__sync_val_compare_and_swap(&flow->phase, FLOW_LIVE, FLOW_ENDING);
		}
		return 0;
	}
	return idle >= control.idle_ns && control.now_ns - flow->ending_ns >= GRACE_NS &&
	       __sync_val_compare_and_swap(&flow->phase, FLOW_ENDING, FLOW_ENDED) == FLOW_ENDING;
}

SEC("iter/bpf_map_elem")
int sample_flows(struct bpf_iter__bpf_map_elem *ctx)
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
	ended = end_flow(flow);
	packets = flow->packets_in + flow->packets_out;
	if (packets == flow->seen_packets && flow->owner.pid == flow->seen_pid && !ended &&
	    !control.sweep)
		return 0;
	r = next_record();
	if (!r)
		return 0;
	__builtin_memset(r, 0, sizeof(*r));
	r->id = flow->id;
	r->since_ns = flow->since_ns;
	r->seen_ns = flow->last_ns;
	r->bytes_in = flow->bytes_in;
	r->bytes_out = flow->bytes_out;
	r->packets_in = flow->packets_in;
	r->packets_out = flow->packets_out;
	r->pid = flow->owner.pid;
	r->uid = flow->uid;
	r->netns = key->netns;
	r->scope = key->scope;
	__builtin_memcpy(r->local_address, key->local_address, 16);
	__builtin_memcpy(r->remote_address, key->remote_address, 16);
	r->local_port = key->local_port;
	r->remote_port = key->remote_port;
	r->protocol = IPPROTO_UDP;
	r->family = key->family;
	r->pid_source = flow->owner.source;
	r->flags = ended ? RECORD_CLOSED : 0;
	__builtin_memcpy(r->process, flow->owner.process, sizeof(r->process));
	if (is_guess(&flow->owner))
		control.guesses++;
	flow->seen_tick = control.tick;
	flow->seen_packets = packets;
	flow->seen_pid = r->pid;
	return 0;
}

#endif
