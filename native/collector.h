/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel program, loaded and attached, and what it reports. Knows libbpf, knows no JVM. */
#ifndef TCPTOP_COLLECTOR_H
#define TCPTOP_COLLECTOR_H

#include <stddef.h>
#include <stdint.h>

#include "../bpf/record.h"

struct settings {
	uint32_t ring_bytes; /* of the ring of closing connections: a power of two, whole pages */
	uint32_t sample_records; /* that one pass can report */
	uint32_t flow_entries;	 /* UDP flows at a time */
	uint32_t udp_way;	 /* enum udp_way: the one to take */
};

/* How UDP is observed. With UDP_FENTRY it is also seen who accepts a connection. */
enum udp_way {
	UDP_NONE,
	UDP_CGROUP_SKB,
	UDP_FENTRY,
	UDP_AUTO, /* of settings: the first that this kernel and the privileges allow, from fentry
		     down */
};

/* The figures of a sample, valid until the next one. */
struct header {
	uint64_t monotonic_ns; /* CLOCK_MONOTONIC, when the sample was taken */
	uint64_t realtime_ns;  /* CLOCK_REALTIME, at the same moment */
	uint64_t lost_closes;  /* struct losses */
	uint64_t lost_sockets;
	uint64_t lost_flows;
	uint64_t lost_datagrams;
	uint64_t lost_events; /* transitions in an interrupt that hit the program itself */
	uint64_t bpf_run_ns;  /* all programs; 0 while kernel.bpf_stats_enabled is 0 */
	uint64_t bpf_runs;
	uint32_t samples;   /* records in collector_samples() */
	uint32_t closes;    /* records in collector_closes() */
	uint32_t udp_way;   /* enum udp_way */
	uint32_t udp_error; /* why UDP_NONE after UDP_AUTO: cgroup_skb's errno */
};

enum sample_flag {
	SAMPLE_LIVE = 1 << 0,  /* walk the sockets and flows, not only the closed ones */
	SAMPLE_SWEEP = 1 << 1, /* report all of them, changed or not */
	SAMPLE_AGAIN = 1 << 2, /* a further pass of the same tick */
};

/* What failed in collector_open(). */
struct failure {
	int error;	    /* errno */
	char operation[64]; /* what was tried */
	char log[8192];	    /* libbpf's messages: the last that fit */
};

/* An open collector and its buffers; opaque. */
struct collector;

/*
 * Loads the object, attaches it, and finds the connections that exist already. NULL: it failed, the
 * reason is in *failure, and nothing is left in the kernel. The object's bytes are not kept.
 */
struct collector *collector_open(const void *object, size_t size, const struct settings *settings,
				 struct failure *failure);

/*
 * Takes a sample. 1: the buffers were too small for it, call again with SAMPLE_AGAIN once their
 * records are read; 0: that is all; negative: an errno. Where an id is in both buffers, the closing
 * record is the later one. Flows without a datagram for idle_ns end, RECORD_CLOSED in the samples.
 */
int collector_sample(struct collector *collector, unsigned flags, uint64_t idle_ns);

const struct header *collector_header(const struct collector *collector);
const struct record *collector_samples(const struct collector *collector, size_t *bytes);
const struct record *collector_closes(const struct collector *collector, size_t *bytes);

/* Detaches and unloads everything. NULL is allowed. */
void collector_close(struct collector *collector);

#endif
