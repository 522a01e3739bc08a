/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The walks over tcptop's own tables, which report what changed since the last tick. User space
 * runs them; they write to the samples array.
 */
#ifndef TCPTOP_SAMPLE_H
#define TCPTOP_SAMPLE_H

#include "close.h"
#include "flow.h"
#include "scan.h"

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

#define SAMPLE_READ(to, from) bpf_core_read(&(to), sizeof(to), &(from))

/* What shows that a connection changed. */
struct sample_marks {
	__u32 segs_in;
	__u32 segs_out;
	__u32 bytes_in;
	__u32 sequence;
	__u32 rtt;
	__u8 state;
};

static __always_inline void sample_read_marks(struct sample_marks *marks, const struct sock *sk)
{
	const struct tcp_sock *tcp = (const void *)sk;
	__u64 bytes_in = 0;

	SAMPLE_READ(marks->segs_in, tcp->segs_in);
	SAMPLE_READ(marks->segs_out, tcp->segs_out);
	SAMPLE_READ(bytes_in, tcp->bytes_received);
	SAMPLE_READ(marks->sequence, tcp->snd_nxt);
	SAMPLE_READ(marks->rtt, tcp->srtt_us);
	SAMPLE_READ(marks->state, sk->__sk_common.skc_state);
	marks->bytes_in = bytes_in;
}

static __always_inline int sample_changed(const struct tag *tag, const struct sample_marks *now)
{
	return now->segs_in != tag->seen_segs_in || now->segs_out != tag->seen_segs_out ||
	       now->state != tag->seen_state || now->bytes_in != tag->seen_bytes_in ||
	       now->sequence != tag->seen_sequence || now->rtt != tag->seen_rtt ||
	       tag->held.owner.pid != tag->seen_pid || tag->held.owner.source != tag->seen_source;
}

static __always_inline __u64 sample_cookie(const struct sock *sk)
{
	__u64 cookie = 0;

	SAMPLE_READ(cookie, sk->__sk_common.skc_cookie.counter);
	return cookie;
}

#define CONNECT_NS 1000000000 /* longer than a socket is CLOSE once its connection has begun */

/*
 * Whether the connection has closed and no program has handled that. The tracepoint comes before
 * the state is stored, so at the beginning of a connection the socket still is CLOSE.
 */
static __always_inline int sample_missed_close(const struct tag *tag, __u8 state)
{
	return state == TCP_CLOSE &&
	       (tag->last_to != TCP_SYN_SENT || control.now_ns > tag->since_ns + CONNECT_NS);
}

/*
 * The walk has no reference to the socket, whose memory may be another socket's at any moment. So
 * it only reads what the kernel lets it copy, and what it read counts if afterwards the tag is
 * still the connection's and the socket still has its cookie.
 */
static long sample_socket(struct bpf_map *map, const void *key, void *value, void *unused)
{
	const struct sock *sk = *(const struct sock *const *)key;
	struct sample_marks marks = {};
	struct tag *tag = value;
	const struct tcp_sock *copy;
	__u64 id = tag->id, cookie = tag->cookie;
	struct record *r;
	if (owner_has_changed(&tag->held.owner))
		control.guesses++;
	if (cookie && sample_cookie(sk) != cookie && *(volatile __u64 *)&tag->cookie == cookie) {
		/* No program handled the socket's end. If its close was missed too, it is lost. */
		if (id)
			__sync_fetch_and_add(&control.lost.closes, 1);
		bpf_map_delete_elem(&sockets, key);
		return 0;
	}
	if (!id)
		return 0;
	if (tag->seen_tick == control.tick)
		return 0;
	scan_settle(tag, sk);
	sample_read_marks(&marks, sk);
	if (!sample_changed(tag, &marks) && !control.sweep)
		return 0;
	r = sample_next();
	copy = r ? connection_copy(sk) : NULL;
	if (!copy)
		return 0;
	connection_fill(r, (const struct sock *)copy, copy, tag);
	r->id = id;
	if ((cookie && sample_cookie(sk) != cookie) || *(volatile __u64 *)&tag->id != id) {
		control.sampled--;
		return 0;
	}
	if (sample_missed_close(tag, marks.state)) {
		if (__sync_val_compare_and_swap(&tag->id, id, 0) != id) {
			control.sampled--;
			return 0;
		}
		r->last_state = tag->seen_state;
		r->error = ((const struct sock *)copy)->sk_err;
		r->flags |= RECORD_CLOSED;
		return 0;
	}
	/*
	 * An accepting process may pass the socket to a child immediately, so request one owner
	 * search.
	 */
	if (owner_is_guess(&tag->held.owner) ||
	    (!tag->seen_state && tag->held.owner.source == SOURCE_ACCEPT))
		control.guesses++;
	tag->seen_tick = control.tick;
	tag->seen_segs_in = marks.segs_in;
	tag->seen_segs_out = marks.segs_out;
	tag->seen_bytes_in = marks.bytes_in;
	tag->seen_sequence = marks.sequence;
	tag->seen_rtt = marks.rtt;
	tag->seen_state = marks.state;
	tag->seen_pid = r->pid;
	tag->seen_source = r->pid_source;
	return 0;
}

SEC("syscall")
int tcptop_sockets(void *unused)
{
	bpf_for_each_map_elem(&sockets, sample_socket, NULL, 0);
	return 0;
}

/* How long a process may take to accept a connection that has already ended. */
#define ACCEPT_NS 1000000000

/* Sends the closing records that wait for their owner, once a search has looked for it. */
static long sample_end(struct bpf_map *map, const void *key, void *value, void *unused)
{
	const struct sock *sk = *(const struct sock *const *)key;
	struct record *end = value;
	struct tag *tag;
	__u64 since;

	if (!end->id)
		return 0;
	tag = tag_find((__u64)sk);
	if (!tag)
		return 0;
	scan_settle(tag, sk);
	/*
	 * A process that has just accepted may have no descriptor yet: an early search that found
	 * no holder proves nothing.
	 */
	since = end->seen_ns + (owner_is_guess(&tag->held.owner) ? ACCEPT_NS : 0);
	if (!BPF_CORE_READ(sk, sk_socket) && control.now_ns - end->seen_ns < ACCEPT_NS &&
	    !control.sweep) {
		/* In its listener's queue, where no search can find a holder. */
		control.ends_left++;
	} else if (since < control.searched_ns || control.sweep) {
		close_deliver(end, &tag->held.owner);
	} else {
		control.ends_left++;
		control.waiting++;
	}
	return 0;
}

SEC("syscall")
int tcptop_ends(void *unused)
{
	bpf_for_each_map_elem(&ends, sample_end, NULL, 0);
	return 0;
}

/*
 * In place of an owner that ended, the process that a search then finds holding the socket is the
 * flow's owner. One that took another name stays.
 */
static __always_inline void sample_owner(struct flow *flow, const struct flow_key *key)
{
	struct udp_tag *tag;
	char *name;

	if (owner_has_changed(&flow->owner) || owner_had_changed(&flow->owner)) {
		name = bpf_map_lookup_elem(&renames, &flow->owner.pid);
		if (!name) { /* it has ended */
			flow->doubted = 1;
			if (owner_has_changed(&flow->owner))
				control.guesses++;
		} else if (!owner_same_name(name, flow->owner.process)) {
			__builtin_memcpy(flow->owner.process, name, PROCESS_NAME_BYTES);
			flow->seen_pid = 0; /* to be reported */
		}
	}
	if (!flow->doubted)
		return;
	tag = bpf_map_lookup_elem(&udp_sockets, &flow->socket);
	if (!tag || tag->cookie != key->socket)
		return;
	held_settle(&tag->held);
	if (tag->held.owner_search != control.search || owner_has_changed(&tag->held.owner))
		return;
	flow->owner = tag->held.owner;
	flow->seen_pid = 0; /* to be reported */
	flow->doubted = 0;
}

static long sample_flow(struct bpf_map *map, const void *flow_key, void *value, void *unused)
{
	const struct flow_key *key = flow_key;
	struct flow *flow = value;
	struct record *r;
	__u64 packets;
	int ended;

	if (flow->seen_tick == control.tick || flow->phase == FLOW_ENDED)
		return 0;
	sample_owner(flow, key);
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
	if (ended)
		bpf_map_delete_elem(&flows, key); /* nothing changes it any more */
	return 0;
}

SEC("syscall")
int tcptop_flows(void *unused)
{
	bpf_for_each_map_elem(&flows, sample_flow, NULL, 0);
	return 0;
}

#endif
