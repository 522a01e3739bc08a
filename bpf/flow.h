/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A UDP flow: the accounting of its datagrams, its end and its record. */
#ifndef TCPTOP_FLOW_H
#define TCPTOP_FLOW_H

#include "datagrams.h"

/*
 * A flow ends in two steps, since a datagram may arrive at any moment. First the walk marks the
 * flow as ending, which a datagram undoes. Once no datagram can be in progress that has not seen
 * the mark, the walk ends the flow, and nothing changes it any more.
 */
enum flow_phase {
	FLOW_LIVE,
	FLOW_ENDING,
	FLOW_ENDED,
};

struct flow {
	__u64 id;
	__u64 since_ns;
	__u64 last_ns;
	__u64 bytes_in;
	__u64 bytes_out;
	__u64 packets_in;
	__u64 packets_out;
	__u64 seen_packets; /* in and out, as last reported */
	__u32 seen_pid;
	__u32 seen_tick;
	__u64 ending_ns; /* when it was marked as ending */
	__u64 socket;	 /* its address, where its tag is */
	__u32 phase;	 /* enum flow_phase */
	__u32 uid;
	__u32 netns;
	__u32 doubted; /* 1: the owner has ended: the next sender or holder is it */
	struct owner owner;
};

_Static_assert(sizeof(struct flow) == 128, "a flow has no hidden padding");

/* UDP flows. Without preallocation an entry takes memory only while its flow lives. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1 << 16);
	__type(key, struct flow_key);
	__type(value, struct flow);
} flows SEC(".maps");

/*
 * A flow's owner is its first sender, else the owner of the socket that receives it. In place of a
 * process that ended it is the one that sends next, or that holds the socket.
 */
static __always_inline void flow_set_owner(struct flow *flow, const struct datagrams *d,
					   const struct owner *holder)
{
	if (d->outbound && (flow->owner.source != SOURCE_SEND || flow->doubted) && !d->of_kernel) {
		owner_set_current(&flow->owner, SOURCE_SEND);
		flow->doubted = 0;
	}
	if (owner_is_guess(&flow->owner) && holder && holder->pid)
		flow->owner = *holder;
}

/* NULL: there is no flow of this key, or it has ended. An ending flow becomes live again. */
static __always_inline struct flow *flow_get_live(const struct flow_key *key)
{
	struct flow *flow = bpf_map_lookup_elem(&flows, key);

	if (flow && flow->phase != FLOW_LIVE &&
	    __sync_val_compare_and_swap(&flow->phase, FLOW_ENDING, FLOW_LIVE) == FLOW_ENDED)
		return NULL;
	return flow;
}

/*
 * The flow of these datagrams, begun here if there is none. Where an ended flow is still in its
 * place, the new one takes the other turn.
 */
static __always_inline struct flow *flow_get(struct datagrams *d, const struct owner *holder)
{
	struct flow *flow = flow_get_live(&d->key), first = {};

	if (flow)
		return flow;
	d->key.turn = 1;
	flow = flow_get_live(&d->key);
	if (flow)
		return flow;
	first.id = control_new_id();
	first.since_ns = first.last_ns = bpf_ktime_get_ns();
	first.uid = d->uid;
	first.netns = d->netns;
	first.socket = d->socket;
	flow_set_owner(&first, d, holder);
	if (owner_is_guess(&first.owner))
		control.guesses++;
	for (int turn = 0; turn < 2 && !flow; turn++) {
		d->key.turn = turn;
		/* Another processor may have begun the flow: then both find that one. */
		bpf_map_update_elem(&flows, &d->key, &first, BPF_NOEXIST);
		flow = flow_get_live(&d->key);
	}
	return flow;
}

/* holder: the socket's owner as far as it is known, or NULL. */
static __always_inline void flow_account(struct datagrams *d, const struct owner *holder)
{
	struct flow *flow = flow_get(d, holder);

	if (!flow) {
		__sync_fetch_and_add(&control.lost.flows, d->count);
		return;
	}
	flow_set_owner(flow, d, holder);
	flow->last_ns = bpf_ktime_get_ns();
	if (d->outbound) {
		__sync_fetch_and_add(&flow->bytes_out, d->bytes);
		__sync_fetch_and_add(&flow->packets_out, d->count);
	} else {
		__sync_fetch_and_add(&flow->bytes_in, d->bytes);
		__sync_fetch_and_add(&flow->packets_in, d->count);
	}
}

#define FLOW_GRACE_NS 50000000 /* longer than the accounting of any datagram takes */

/* Moves an idle flow towards its end. 1: the flow has ended, and its counts are final. */
static __always_inline int flow_end(struct flow *flow)
{
	__u64 last = flow->last_ns, idle = control.now_ns > last ? control.now_ns - last : 0;

	if (flow->phase == FLOW_LIVE) {
		if (idle >= control.idle_ns / 2) {
			flow->ending_ns = control.now_ns;
			__sync_val_compare_and_swap(&flow->phase, FLOW_LIVE, FLOW_ENDING);
		}
		return 0;
	}
	return idle >= control.idle_ns && control.now_ns - flow->ending_ns >= FLOW_GRACE_NS &&
	       __sync_val_compare_and_swap(&flow->phase, FLOW_ENDING, FLOW_ENDED) == FLOW_ENDING;
}

static __always_inline void flow_fill(struct record *r, const struct flow_key *key,
				      const struct flow *flow)
{
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
	r->netns = flow->netns;
	r->scope = key->scope;
	__builtin_memcpy(r->local_address, key->local_address, 16);
	__builtin_memcpy(r->remote_address, key->remote_address, 16);
	r->local_port = key->local_port;
	r->remote_port = key->remote_port;
	r->protocol = IPPROTO_UDP;
	r->family = key->family;
	r->pid_source = flow->owner.source;
	__builtin_memcpy(r->process, flow->owner.process, sizeof(r->process));
}

#endif
