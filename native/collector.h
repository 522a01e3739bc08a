/* SPDX-License-Identifier: Apache-2.0 */
/* The collector: the running kernel program, and the records that it reports. Knows no JVM. */
#ifndef TCPTOP_COLLECTOR_H
#define TCPTOP_COLLECTOR_H

#include <stddef.h>
#include <stdint.h>

#include "../bpf/record.h"
#include "failure.h"

struct settings {
	uint32_t ring_bytes;	 /* the closing records' ring: a power of two, whole pages */
	uint32_t sample_records; /* records that one pass can report */
	uint32_t socket_entries; /* TCP sockets at a time */
	uint32_t flow_entries;	 /* UDP flows at a time */
	uint32_t udp_way;	 /* enum udp_way: the way to take */
};

/* How UDP is observed. UDP_FENTRY also shows which process accepts a connection. */
enum udp_way {
	UDP_NONE,
	UDP_CGROUP_SKB,
	UDP_FENTRY,
	UDP_AUTO, /* in settings: the first way that the kernel and the privileges allow, from
		     UDP_FENTRY down */
};

/* The figures of a sample, valid until the next one. */
struct header {
	uint64_t monotonic_ns; /* CLOCK_MONOTONIC, when the sample was taken */
	uint64_t realtime_ns;  /* CLOCK_REALTIME, at the same moment */
	uint64_t lost_closes;  /* struct losses */
	uint64_t lost_sockets;
	uint64_t lost_flows;
	uint64_t lost_datagrams;
	uint64_t lost_events; /* transitions that no program handled: all were already running */
	uint64_t bpf_run_ns;  /* of all programs; 0 while kernel.bpf_stats_enabled is 0 */
	uint64_t bpf_runs;
	uint32_t samples;   /* records in collector_samples() */
	uint32_t closes;    /* records in collector_closes() */
	uint32_t udp_way;   /* enum udp_way */
	uint32_t udp_error; /* errno of UDP_CGROUP_SKB, where UDP_AUTO came down to UDP_NONE */
};

enum sample_flag {
	SAMPLE_LIVE = 1 << 0,  /* walk the sockets and flows too; else take closing records alone */
	SAMPLE_SWEEP = 1 << 1, /* report all sockets and flows, changed or not */
	SAMPLE_AGAIN = 1 << 2, /* a further pass of the same tick */
};

/* An open collector and its buffers; opaque. */
struct collector;

/*
 * Loads the object, attaches it, and finds the connections that exist already. NULL: it failed, the
 * reason is in *failure, and nothing is left in the kernel. The object's bytes may be freed after.
 */
struct collector *collector_open(const void *object, size_t size, const struct settings *settings,
				 struct failure *failure);

/*
 * Takes a sample. 1: the buffers were too small for it, so read their records and call again with
 * SAMPLE_AGAIN; 0: the sample is complete; negative: an errno. If an id is in both buffers, the
 * closing record is the later one. A flow without a datagram for idle_ns ends: its record in the
 * samples has RECORD_CLOSED.
 */
int collector_sample(struct collector *collector, unsigned flags, uint64_t idle_ns);

const struct header *collector_header(const struct collector *collector);
const struct record *collector_samples(const struct collector *collector, size_t *bytes);
const struct record *collector_closes(const struct collector *collector, size_t *bytes);

/* Detaches and unloads everything. NULL is allowed. */
void collector_close(struct collector *collector);

#endif
