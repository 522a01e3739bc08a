/* SPDX-License-Identifier: Apache-2.0 */
#include "collector.h"
#include "namespaces.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/in.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

enum kind {
	TRACEPOINT,
	PREEMPTIBLE, /* a tracepoint's, where tasks come before each other within one */
	WALK,
	FENTRY, /* of UDP_FENTRY: fexit too */
	CGROUP, /* of UDP_CGROUP_SKB */
};

enum { SAMPLE_SOCKETS, SAMPLE_FLOWS, SAMPLE_ENDS, SCAN_TCP, SCAN_FILES, PROGRAMS = 29 };

/* The kernel program's parts, in the order in which they are attached. */
static const struct {
	const char *name;
	enum kind kind;
	const char *map; /* that is walked; NULL: what is walked is no map */
	int vital;	 /* 1: what it misses is lost, unless its stand-in took it */
} parts[PROGRAMS] = {
	[SAMPLE_SOCKETS] = {"tcptop_sockets", WALK, "sockets"},
	[SAMPLE_FLOWS] = {"tcptop_flows", WALK, "flows"},
	[SAMPLE_ENDS] = {"tcptop_ends", WALK, "ends"},
	[SCAN_TCP] = {"tcptop_scan_tcp", WALK},
	[SCAN_FILES] = {"tcptop_scan_fd", WALK},
	{"tcptop_send4", FENTRY, .vital = 1},
	{"tcptop_send4_2", FENTRY},
	{"tcptop_sent4", FENTRY, .vital = 1},
	{"tcptop_sent4_2", FENTRY},
	{"tcptop_send6", FENTRY, .vital = 1},
	{"tcptop_send6_2", FENTRY},
	{"tcptop_sent6", FENTRY, .vital = 1},
	{"tcptop_sent6_2", FENTRY},
	{"tcptop_receive", FENTRY, .vital = 1},
	{"tcptop_udp4_new", FENTRY},
	{"tcptop_udp6_new", FENTRY},
	{"tcptop_accept", FENTRY},
	{"tcptop_accept_2", FENTRY},
	{"tcptop_egress", CGROUP},
	{"tcptop_ingress", CGROUP},
	{"tcptop_udp_new", CGROUP},
	{"tcptop_to4", CGROUP},
	{"tcptop_to6", CGROUP},
	{"tcptop_state", TRACEPOINT, .vital = 1},
	{"tcptop_state_2", TRACEPOINT},
	{"tcptop_state_3", PREEMPTIBLE},
	{"tcptop_state_4", PREEMPTIBLE},
	{"tcptop_destroy", TRACEPOINT},
	{"tcptop_destroy2", TRACEPOINT},
};

/* What is missing at one look may be under way just then: it is lost if the next one misses it too.
 */
struct missing {
	uint64_t last;
	uint64_t lost;
};

struct collector {
	struct bpf_object *object;
	struct bpf_program *programs[PROGRAMS];
	struct bpf_link *links[PROGRAMS];
	struct ring_buffer *ring;
	int flows;		 /* map descriptor */
	struct control *control; /* mapped */
	struct record *samples;	 /* mapped */
	size_t samples_bytes;
	struct record *closes;
	uint32_t closes_capacity;
	uint64_t guesses; /* control->guesses when owners were last looked for */
	uint64_t next_search_ns;
	struct missing ends;
	struct missing events;
	struct header header;
};

/* libbpf has one log for the whole process: it goes to whoever opens on this thread. */
static _Thread_local struct failure *listening;

static int keep_log(enum libbpf_print_level level, const char *format, va_list args)
{
	struct failure *f = listening;
	size_t used, drop = 0, from = 0;
	char *text;
	int n;

	if (!f || level == LIBBPF_DEBUG)
		return 0;
	n = vasprintf(&text, format, args);
	if (n < 0)
		return 0;
	/* A verifier's log is long, and its last lines say why. */
	if ((size_t)n >= sizeof(f->log))
		from = n - sizeof(f->log) + 1;
	used = strlen(f->log);
	if (used + n - from >= sizeof(f->log))
		drop = used + n - from - sizeof(f->log) + 1;
	memmove(f->log, f->log + drop, used - drop);
	memcpy(f->log + used - drop, text + from, n - from + 1);
	free(text);
	return 0;
}

static int fail(struct failure *f, const char *operation, int error)
{
	f->error = error < 0 ? -error : error;
	snprintf(f->operation, sizeof(f->operation), "%s", operation);
	return -1;
}

static void *map_memory(int fd, size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

static size_t whole_pages(size_t bytes)
{
	size_t page = sysconf(_SC_PAGESIZE);

	return (bytes + page - 1) / page * page;
}

/* Linux holds off other tasks in a tracepoint up to 6.x. */
static int preempts_tracepoints(void)
{
	struct utsname name;

	return !uname(&name) && atoi(name.release) >= 7;
}

static int load(struct collector *c, const void *object, size_t size, const struct settings *s,
		enum udp_way way, struct failure *f)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "tcptop");
	struct bpf_map *map, *bss = NULL, *closes, *samples, *flows;
	int e;

	c->object = bpf_object__open_mem(object, size, &options);
	if (!c->object)
		return fail(f, "read the kernel program", errno);
	for (int i = 0; i < PROGRAMS; i++) {
		enum kind kind = parts[i].kind;

		c->programs[i] = bpf_object__find_program_by_name(c->object, parts[i].name);
		if (!c->programs[i])
			return fail(f, parts[i].name, ENOENT);
		if ((kind == FENTRY && way != UDP_FENTRY) ||
		    (kind == CGROUP && way != UDP_CGROUP_SKB) ||
		    (kind == PREEMPTIBLE && !preempts_tracepoints()))
			bpf_program__set_autoload(c->programs[i], false);
	}
	closes = bpf_object__find_map_by_name(c->object, "closes");
	samples = bpf_object__find_map_by_name(c->object, "samples");
	flows = bpf_object__find_map_by_name(c->object, "flows");
	bpf_object__for_each_map(map, c->object) {
		const char *name = bpf_map__name(map);
		size_t n = strlen(name);

		if (n > 4 && !strcmp(name + n - 4, ".bss"))
			bss = map;
	}
	if (!closes || !samples || !flows || !bss)
		return fail(f, "find the maps", ENOENT);
	if (bpf_map__key_size(flows) != sizeof(struct flow_key) ||
	    bpf_map__value_size(flows) != sizeof(struct flow) ||
	    bpf_map__value_size(samples) != sizeof(struct record))
		return fail(f, "compare the layout of the maps", EINVAL);
	if ((e = bpf_map__set_max_entries(closes, s->ring_bytes)) ||
	    (e = bpf_map__set_max_entries(samples, s->sample_records)) ||
	    (e = bpf_map__set_max_entries(flows, s->flow_entries)))
		return fail(f, "set the sizes of the maps", e);
	if ((e = bpf_object__load(c->object)))
		return fail(f, "load the kernel program", e);
	c->flows = bpf_map__fd(flows);
	c->control = map_memory(bpf_map__fd(bss), sizeof(struct control));
	c->samples_bytes = (size_t)s->sample_records * sizeof(struct record);
	c->samples = map_memory(bpf_map__fd(samples), whole_pages(c->samples_bytes));
	/* Each takes 8 bytes more in the ring, so what the ring can hold, this can. */
	c->closes_capacity = s->ring_bytes / sizeof(struct record);
	c->closes = malloc((size_t)c->closes_capacity * sizeof(struct record));
	if (!c->control || !c->samples || !c->closes)
		return fail(f, "map the kernel program's memory", errno);
	c->control->capacity = s->sample_records;
	return 0;
}

static int take_close(void *collector, void *data, size_t size)
{
	struct collector *c = collector;

	if (size != sizeof(struct record))
		return -EINVAL;
	memcpy(&c->closes[c->header.closes++], data, size);
	return c->header.closes == c->closes_capacity ? -ENOSPC : 0;
}

static struct bpf_link *attach_walk(const struct collector *c, int program)
{
	union bpf_iter_link_info info = {};
	LIBBPF_OPTS(bpf_iter_attach_opts, options);

	if (parts[program].map) {
		info.map.map_fd = bpf_object__find_map_fd_by_name(c->object, parts[program].map);
		options.link_info = &info;
		options.link_info_len = sizeof(info);
	}
	return bpf_program__attach_iter(c->programs[program], &options);
}

/*
 * The root of cgroup v2. Of several mounts the outermost is taken: in a cgroup namespace of one's
 * own, a mount of an outer cgroup shows as many "/.." as it is levels up, and where there is none,
 * the root of the hierarchy is "/" and not a subtree.
 */
static int open_cgroup_root(void)
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	char line[4096], root[2048], at[2048], best[2048] = "";
	int fd, levels = -1;

	if (!mounts)
		return -errno;
	while (fgets(line, sizeof(line), mounts)) {
		int n = 0;

		if (!strstr(line, " - cgroup2 ") ||
		    sscanf(line, "%*s %*s %*s %2047s %2047s", root, at) != 2)
			continue;
		for (const char *p = root; (p = strstr(p, "/..")); p += 3)
			n += 2;
		if (!strcmp(root, "/"))
			n = 1;
		if (n > levels) {
			levels = n;
			memcpy(best, at, sizeof(best));
		}
	}
	fclose(mounts);
	if (levels < 0)
		return -ENOENT;
	fd = open(best, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static uint64_t nanoseconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000u + t.tv_nsec;
}

static void read_clocks(struct header *h)
{
	h->monotonic_ns = nanoseconds(CLOCK_MONOTONIC);
	h->realtime_ns = nanoseconds(CLOCK_REALTIME);
}

/* Runs an iterator from end to end. It reports through the maps, so there is nothing to read. */
static int walk(const struct collector *c, int program)
{
	int fd = bpf_iter_create(bpf_link__fd(c->links[program]));
	char nothing[16];
	ssize_t n;

	if (fd < 0)
		return -errno;
	/* EAGAIN: the kernel pauses after a million objects. */
	do
		n = read(fd, nothing, sizeof(nothing));
	while (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)));
	n = n < 0 ? -errno : 0;
	close(fd);
	return n;
}

/* Looks into all processes' descriptors for who holds which socket. */
static int search_owners(struct collector *c)
{
	uint64_t start = nanoseconds(CLOCK_MONOTONIC);
	int e;

	c->control->search++;
	e = walk(c, SCAN_FILES);
	c->control->searched_ns = start;
	return e;
}

static void scan_tcp(void *collector)
{
	walk(collector, SCAN_TCP);
}

static int attach(struct collector *c, enum udp_way way, struct failure *f)
{
	int root = way == UDP_CGROUP_SKB ? open_cgroup_root() : -1, e;

	if (way == UDP_CGROUP_SKB && root < 0)
		return fail(f, "open the root of cgroup v2", root);
	c->ring = ring_buffer__new(bpf_object__find_map_fd_by_name(c->object, "closes"), take_close,
				   c, NULL);
	if (!c->ring)
		return fail(f, "map the ring buffer", errno);
	for (int i = 0; i < PROGRAMS; i++) {
		if (!bpf_program__autoload(c->programs[i]))
			continue;
		if (parts[i].kind == WALK)
			c->links[i] = attach_walk(c, i);
		else if (parts[i].kind == CGROUP)
			c->links[i] = bpf_program__attach_cgroup(c->programs[i], root);
		else
			c->links[i] = bpf_program__attach(c->programs[i]);
		if (!c->links[i]) {
			char operation[64];

			e = errno;
			snprintf(operation, sizeof(operation), "attach %s", parts[i].name);
			if (root >= 0)
				close(root);
			return fail(f, operation, e);
		}
	}
	if (root >= 0)
		close(root);
	/* Last the scans, so that no connection falls between them and the tracepoints. */
	if ((e = search_owners(c)) || (e = walk(c, SCAN_TCP)))
		return fail(f, "scan the sockets that are open", e);
	/* Of other namespaces those that no process holds; what a process holds is found already.
	 */
	visit_namespaces(scan_tcp, c);
	c->control->ready = 1;
	c->header.udp_way = way;
	read_clocks(&c->header);
	return 0;
}

static struct collector *open_with(const void *object, size_t size, const struct settings *settings,
				   enum udp_way way, struct failure *failure)
{
	struct collector *c = calloc(1, sizeof(*c));

	memset(failure, 0, sizeof(*failure));
	if (!c) {
		fail(failure, "allocate", ENOMEM);
	} else if (load(c, object, size, settings, way, failure) || attach(c, way, failure)) {
		collector_close(c);
		c = NULL;
	}
	return c;
}

struct collector *collector_open(const void *object, size_t size, const struct settings *settings,
				 struct failure *failure)
{
	enum udp_way way = settings->udp_way == UDP_AUTO ? UDP_FENTRY : settings->udp_way;
	uint32_t error = 0;
	struct collector *c;

	libbpf_set_strict_mode(LIBBPF_STRICT_ALL); /* before 1.0: errors as from 1.0 on */
	libbpf_set_print(keep_log);
	listening = failure;
	while (!(c = open_with(object, size, settings, way, failure)) &&
	       settings->udp_way == UDP_AUTO && way != UDP_NONE) {
		error = failure->error;
		way--;
	}
	listening = NULL;
	malloc_trim(0); /* libbpf has read all types of the kernel, and let go of them */
	if (c && way == UDP_NONE)
		c->header.udp_error = error;
	return c;
}

/* Removes the flows that the walk has ended. What ended is never touched again, but by its key. */
static void remove_ended_flows(struct collector *c)
{
	for (uint32_t i = 0; i < c->header.samples; i++) {
		const struct record *r = &c->samples[i];
		struct flow_key key = {};
		struct flow flow;

		if (!(r->flags & RECORD_CLOSED))
			continue;
		memcpy(key.local_address, r->local_address, 16);
		memcpy(key.remote_address, r->remote_address, 16);
		key.netns = r->netns;
		key.scope = r->scope;
		key.local_port = r->local_port;
		key.remote_port = r->remote_port;
		key.family = r->family;
		for (key.turn = 0; key.turn < 2; key.turn++)
			if (!bpf_map_lookup_elem(c->flows, &key, &flow) && flow.id == r->id)
				bpf_map_delete_elem(c->flows, &key);
	}
}

#define SEARCH_SHARE 50		       /* of a processor's time, one part */
#define LATEST_NS (10 * 1000000000ull) /* a close that waits for a search, after the last one */

static int search_is_due(const struct collector *c)
{
	const struct control *control = c->control;
	uint64_t due = c->next_search_ns, latest = control->searched_ns + LATEST_NS;

	if (!control->waiting && control->guesses == c->guesses)
		return 0;
	if (control->waiting && due > latest)
		due = latest;
	return nanoseconds(CLOCK_MONOTONIC) >= due;
}

/*
 * Searches where the owner of an active connection or flow, or of one that ended, is in doubt. This
 * costs by the number of descriptors, so it pauses by what it cost: this thread's own time, for a
 * busy machine may hold it up for long.
 */
static int find_owners(struct collector *c)
{
	uint64_t before, cost;
	int e;

	if (!search_is_due(c))
		return 0;
	before = nanoseconds(CLOCK_THREAD_CPUTIME_ID);
	c->guesses = c->control->guesses;
	e = search_owners(c);
	cost = nanoseconds(CLOCK_THREAD_CPUTIME_ID) - before;
	c->next_search_ns = nanoseconds(CLOCK_MONOTONIC) + SEARCH_SHARE * cost;
	return e;
}

static void miss(struct missing *m, uint64_t due, uint64_t done)
{
	uint64_t now = due > done ? due - done : 0, sure = now < m->last ? now : m->last;

	if (sure > m->lost)
		m->lost = sure;
	m->last = now;
}

/*
 * Walks over the closing records that wait. One that was kept, has not left, and is not there went
 * with its socket: the end of that was missed.
 */
static int walk_ends(struct collector *c)
{
	struct control *control = c->control;
	uint64_t kept = control->ends_kept;
	int e;

	control->waiting = control->ends_left = 0;
	e = walk(c, SAMPLE_ENDS);
	miss(&c->ends, kept, control->ends_taken + control->ends_left);
	return e;
}

static void read_costs(struct collector *c)
{
	struct header *h = &c->header;
	uint64_t missed = 0;

	h->bpf_run_ns = h->bpf_runs = 0;
	for (int i = 0; i < PROGRAMS; i++) {
		struct bpf_prog_info info = {};
		uint32_t size = sizeof(info);

		if (!c->links[i] ||
		    bpf_obj_get_info_by_fd(bpf_program__fd(c->programs[i]), &info, &size))
			continue;
		h->bpf_run_ns += info.run_time_ns;
		h->bpf_runs += info.run_cnt;
		if (parts[i].vital)
			missed += info.recursion_misses;
	}
	/* Read after the misses that it makes good, so never too small. */
	miss(&c->events, missed, c->control->stood_in);
	h->lost_events = c->events.lost;
}

int collector_sample(struct collector *c, unsigned flags, uint64_t idle_ns)
{
	struct control *control = c->control;
	struct header *h = &c->header;
	int e = 0, more = 0;

	h->samples = h->closes = 0;
	control->sampled = control->left = 0;
	control->now_ns = nanoseconds(CLOCK_MONOTONIC);
	control->idle_ns = idle_ns;
	control->sweep = !!(flags & SAMPLE_SWEEP);
	if (!(flags & SAMPLE_AGAIN))
		control->tick++;
	control->waiting = 0;
	if (flags & SAMPLE_LIVE)
		e = walk(c, SAMPLE_ENDS);
	if (!e && (flags & SAMPLE_LIVE))
		e = find_owners(c);
	if (!e && (flags & SAMPLE_LIVE))
		e = walk(c, SAMPLE_SOCKETS);
	/* After the sockets: one that closes meanwhile is found here, if not there. */
	if (!e && (flags & SAMPLE_LIVE))
		e = walk_ends(c);
	if (!e && (flags & SAMPLE_LIVE) && h->udp_way)
		e = walk(c, SAMPLE_FLOWS);
	if (e)
		return e;
	h->samples = control->sampled;
	more = control->left > 0;
	remove_ended_flows(c);
	e = ring_buffer__consume(c->ring);
	if (e == -ENOSPC)
		more = 1;
	else if (e < 0)
		return e;
	read_clocks(h);
	h->lost_closes = control->lost.closes + c->ends.lost;
	h->lost_sockets = control->lost.sockets;
	h->lost_flows = control->lost.flows;
	h->lost_datagrams = control->lost.datagrams;
	read_costs(c);
	return more;
}

const struct header *collector_header(const struct collector *c)
{
	return &c->header;
}

const struct record *collector_samples(const struct collector *c, size_t *bytes)
{
	*bytes = c->samples_bytes;
	return c->samples;
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
	for (int i = 0; i < PROGRAMS; i++)
		bpf_link__destroy(c->links[i]);
	ring_buffer__free(c->ring);
	if (c->samples)
		munmap(c->samples, whole_pages(c->samples_bytes));
	if (c->control)
		munmap(c->control, sizeof(*c->control));
	bpf_object__close(c->object);
	free(c->closes);
	free(c);
}
