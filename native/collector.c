/* SPDX-License-Identifier: Apache-2.0 */
#include "collector.h"
#include "clock.h"
#include "failure.h"
#include "namespaces.h"
#include "program.h"
#include "search.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/*
 * What should have been done and was not. A deficit may be work in flight: count it as lost only if
 * two consecutive looks agree.
 */
struct deficit {
	uint64_t last;
	uint64_t lost;
};

struct collector {
	struct program program;
	struct ring_buffer *ring;
	struct record *closes;
	uint32_t closes_capacity;
	struct search search;
	struct deficit ends;   /* closing records that waited and went with their socket */
	struct deficit events; /* transitions that no program handled */
	struct header header;
};

static void collector_read_clocks(struct header *h)
{
	h->monotonic_ns = clock_ns(CLOCK_MONOTONIC);
	h->realtime_ns = clock_ns(CLOCK_REALTIME);
}

static int collector_take_close(void *collector, void *data, size_t size)
{
	struct collector *c = collector;

	if (size != sizeof(struct record))
		return -EINVAL;
	memcpy(&c->closes[c->header.closes++], data, size);
	return c->header.closes == c->closes_capacity ? -ENOSPC : 0;
}

static void collector_scan_tcp(void *collector)
{
	const struct collector *c = collector;

	program_walk(&c->program, WALK_TCP);
}

static int collector_start(struct collector *c, const struct settings *settings, enum udp_way way,
			   struct failure *f)
{
	int e;

	/* A record takes 8 bytes more in the ring, so this holds all that the ring can hold. */
	c->closes_capacity = settings->ring_bytes / sizeof(struct record);
	c->closes = malloc((size_t)c->closes_capacity * sizeof(struct record));
	if (!c->closes)
		return failure_set(f, "allocate", ENOMEM);
	c->ring = ring_buffer__new(c->program.closes, collector_take_close, c, NULL);
	if (!c->ring)
		return failure_set(f, "map the ring buffer", errno);
	if (program_attach(&c->program, way, f))
		return -1;
	/* The scans come last, so that no connection falls between them and the tracepoints. */
	if ((e = search_now(&c->program)) || (e = program_walk(&c->program, WALK_TCP)))
		return failure_set(f, "scan the sockets that are open", e);
	/*
	 * In other namespaces, the connections that no process holds; the search has found those
	 * that a process holds.
	 */
	namespaces_visit(collector_scan_tcp, c);
	c->program.control->ready = 1;
	c->header.udp_way = way;
	collector_read_clocks(&c->header);
	return 0;
}

static struct collector *collector_open_with(const void *object, size_t size,
					     const struct settings *settings, enum udp_way way,
					     struct failure *failure)
{
	struct collector *c = calloc(1, sizeof(*c));

	failure_listen(failure);
	if (!c) {
		failure_set(failure, "allocate", ENOMEM);
	} else if (program_load(&c->program, object, size, settings, way, failure) ||
		   collector_start(c, settings, way, failure)) {
		collector_close(c);
		c = NULL;
	}
	failure_listen(NULL);
	return c;
}

struct collector *collector_open(const void *object, size_t size, const struct settings *settings,
				 struct failure *failure)
{
	enum udp_way way = settings->udp_way == UDP_AUTO ? UDP_FENTRY : settings->udp_way;
	uint32_t error = 0;
	struct collector *c;

	libbpf_set_strict_mode(LIBBPF_STRICT_ALL); /* before libbpf 1.0: errors as from 1.0 on */
	while (!(c = collector_open_with(object, size, settings, way, failure)) &&
	       settings->udp_way == UDP_AUTO && way != UDP_NONE) {
		error = failure->error;
		way--;
	}
	malloc_trim(0); /* libbpf has read all types of the kernel, and freed them */
	if (c && way == UDP_NONE)
		c->header.udp_error = error;
	return c;
}

static void deficit_look(struct deficit *d, uint64_t due, uint64_t done)
{
	uint64_t now = due > done ? due - done : 0, sure = now < d->last ? now : d->last;

	if (sure > d->lost)
		d->lost = sure;
	d->last = now;
}

/*
 * Walks over the closing records that wait. A record that was kept, has not left, and is not found
 * went with its socket, whose end no program handled.
 */
static int collector_walk_ends(struct collector *c)
{
	struct control *control = c->program.control;
	uint64_t kept = control->ends_kept;
	int e;

	control->waiting = control->ends_left = 0;
	e = program_walk(&c->program, WALK_ENDS);
	deficit_look(&c->ends, kept, control->ends_taken + control->ends_left);
	return e;
}

static int collector_walk(struct collector *c)
{
	const struct program *p = &c->program;
	int e;

	p->control->waiting = 0;
	if ((e = program_walk(p, WALK_ENDS)) || (e = search_if_due(&c->search, p)) ||
	    (e = program_walk(p, WALK_SOCKETS)))
		return e;
	/* After the sockets: one that closes in between is found here, if not there. */
	if ((e = collector_walk_ends(c)))
		return e;
	return c->header.udp_way ? program_walk(p, WALK_FLOWS) : 0;
}

static void collector_read_figures(struct collector *c)
{
	const struct losses *lost = &c->program.control->lost;
	struct program_costs costs = program_costs(&c->program);
	struct header *h = &c->header;

	collector_read_clocks(h);
	/* Read after the misses that the stand-ins made good, so never too small. */
	deficit_look(&c->events, costs.missed, c->program.control->stood_in);
	h->lost_closes = lost->closes + c->ends.lost;
	h->lost_sockets = lost->sockets;
	h->lost_flows = lost->flows;
	h->lost_datagrams = lost->datagrams;
	h->lost_events = c->events.lost;
	h->bpf_run_ns = costs.run_ns;
	h->bpf_runs = costs.runs;
}

int collector_sample(struct collector *c, unsigned flags, uint64_t idle_ns)
{
	struct control *control = c->program.control;
	struct header *h = &c->header;
	int e, more;

	h->samples = h->closes = 0;
	control->sampled = control->left = 0;
	control->now_ns = clock_ns(CLOCK_MONOTONIC);
	control->idle_ns = idle_ns;
	control->sweep = !!(flags & SAMPLE_SWEEP);
	if (!(flags & SAMPLE_AGAIN))
		control->tick++;
	if (flags & SAMPLE_LIVE && (e = collector_walk(c)))
		return e;
	h->samples = control->sampled;
	more = control->left > 0;
	e = ring_buffer__consume(c->ring);
	if (e == -ENOSPC)
		more = 1;
	else if (e < 0)
		return e;
	collector_read_figures(c);
	return more;
}

const struct header *collector_header(const struct collector *c)
{
	return &c->header;
}

const struct record *collector_samples(const struct collector *c, size_t *bytes)
{
	*bytes = c->program.samples_bytes;
	return c->program.samples;
}

const struct record *collector_closes(const struct collector *c, size_t *bytes)
{
	*bytes = (size_t)c->closes_capacity * sizeof(struct record);
	return c->closes;
}

void collector_close(struct collector *c)
{
	if (!c)
		return;
	ring_buffer__free(c->ring);
	program_close(&c->program);
	free(c->closes);
	free(c);
}
