/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The accounting of UDP datagrams, whichever way they are observed. */
#ifndef TCPTOP_FLOW_H
#define TCPTOP_FLOW_H

#include "connection.h"

/* One datagram, or the equal datagrams of one GSO or GRO packet. */
struct datagrams {
	struct flow_key key;
	__u32 bytes; /* payload of all */
	__u32 count;
	int outbound;
};

/* A flow's owner: its first sender, or else the holder of the socket that receives it. */
static __always_inline void own_flow(struct flow *flow, const struct tag *tag, int outbound)
{
	if (outbound && flow->owner.source != SOURCE_SEND && !tag->of_kernel)
		own_by_current(&flow->owner, SOURCE_SEND);
	else if (!flow->owner.pid && tag->owner.pid)
		flow->owner = tag->owner;
}

static __always_inline void account(const struct datagrams *d, const struct tag *tag)
{
	struct flow *flow = bpf_map_lookup_elem(&flows, &d->key);
	__u64 now = bpf_ktime_get_ns();

	if (!flow) {
		struct flow first = {.id = new_id(), .since_ns = now, .uid = tag->uid};

		own_flow(&first, tag, d->outbound);
		if (!first.owner.pid)
			control.guesses++;
		/* Another processor may have been first: then both find that one. */
		bpf_map_update_elem(&flows, &d->key, &first, BPF_NOEXIST);
		flow = bpf_map_lookup_elem(&flows, &d->key);
		if (!flow) {
			__sync_fetch_and_add(&control.lost.flows, d->count);
			return;
		}
	} else {
		own_flow(flow, tag, d->outbound);
	}
	flow->last_ns = now;
	if (d->outbound) {
		__sync_fetch_and_add(&flow->bytes_out, d->bytes);
		__sync_fetch_and_add(&flow->packets_out, d->count);
	} else {
		__sync_fetch_and_add(&flow->bytes_in, d->bytes);
		__sync_fetch_and_add(&flow->packets_in, d->count);
	}
}

#endif
