/* SPDX-License-Identifier: Apache-2.0 */
#include "program.h"
#include "failure.h"
#include "mounts.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

enum kind {
	KIND_TRACEPOINT,
	KIND_PREEMPTIBLE, /* a tracepoint's, needed where tasks preempt each other within it */
	KIND_WALK,	  /* over kernel objects */
	KIND_RUN,	  /* over a table of the program's own */
	KIND_FENTRY,	  /* of UDP_FENTRY: fexit too */
	KIND_CGROUP,	  /* of UDP_CGROUP_SKB */
};

/* The programs of the object, in the order in which they are attached. */
static const struct {
	const char *name;
	enum kind kind;
	int vital; /* 1: what it misses is lost, unless its stand-in has handled it */
} parts[PROGRAM_PARTS] = {
	[WALK_SOCKETS] = {"tcptop_sockets", KIND_RUN},
	[WALK_FLOWS] = {"tcptop_flows", KIND_RUN},
	[WALK_ENDS] = {"tcptop_ends", KIND_RUN},
	[WALK_TCP] = {"tcptop_scan_tcp", KIND_WALK},
	[WALK_FILES] = {"tcptop_scan_fd", KIND_WALK},
	{"tcptop_send4", KIND_FENTRY, .vital = 1},
	{"tcptop_send4_2", KIND_FENTRY},
	{"tcptop_sent4", KIND_FENTRY, .vital = 1},
	{"tcptop_sent4_2", KIND_FENTRY},
	{"tcptop_send6", KIND_FENTRY, .vital = 1},
	{"tcptop_send6_2", KIND_FENTRY},
	{"tcptop_sent6", KIND_FENTRY, .vital = 1},
	{"tcptop_sent6_2", KIND_FENTRY},
	{"tcptop_receive", KIND_FENTRY, .vital = 1},
	{"tcptop_udp4_new", KIND_FENTRY},
	{"tcptop_udp6_new", KIND_FENTRY},
	{"tcptop_accept", KIND_FENTRY},
	{"tcptop_accept_2", KIND_FENTRY},
	{"tcptop_egress", KIND_CGROUP},
	{"tcptop_ingress", KIND_CGROUP},
	{"tcptop_udp_new", KIND_CGROUP},
	{"tcptop_to4", KIND_CGROUP},
	{"tcptop_to6", KIND_CGROUP},
	/*
	 * Before the changes of state: a closing record that waits in its socket is lost where the
	 * socket ends before these are attached.
	 */
	{"tcptop_destroy", KIND_TRACEPOINT},
	{"tcptop_destroy2", KIND_TRACEPOINT},
	{"tcptop_exit", KIND_TRACEPOINT},
	{"tcptop_rename", KIND_TRACEPOINT},
	{"tcptop_state", KIND_TRACEPOINT, .vital = 1},
	{"tcptop_state_2", KIND_TRACEPOINT},
	{"tcptop_state_3", KIND_PREEMPTIBLE},
	{"tcptop_state_4", KIND_PREEMPTIBLE},
};

/* Whether this kernel is of this version or later. */
static int program_kernel_is(int major, int minor)
{
	struct utsname name;
	int has_major, has_minor;

	return !uname(&name) && sscanf(name.release, "%d.%d", &has_major, &has_minor) == 2 &&
	       (has_major > major || (has_major == major && has_minor >= minor));
}

static int program_has(enum kind kind, enum udp_way way)
{
	switch (kind) {
	case KIND_FENTRY:
		return way == UDP_FENTRY;
	case KIND_CGROUP:
		return way == UDP_CGROUP_SKB;
	case KIND_PREEMPTIBLE:
		/* Up to Linux 6.x the kernel disables preemption in a tracepoint. */
		return program_kernel_is(7, 0);
	default:
		return 1;
	}
}

/*
 * Pairs the object's programs with the table's rows, and leaves out those of other ways. A program
 * without a row would be loaded and never attached, so it is refused.
 */
static int program_find_parts(struct program *p, enum udp_way way, struct failure *f)
{
	struct bpf_program *part;
	char operation[64];

	bpf_object__for_each_program(part, p->object)
	{
		int i = 0;

		while (i < PROGRAM_PARTS && strcmp(parts[i].name, bpf_program__name(part)))
			i++;
		if (i == PROGRAM_PARTS) {
			snprintf(operation, sizeof(operation), "find a use for the program %s",
				 bpf_program__name(part));
			return failure_set(f, operation, EINVAL);
		}
		p->parts[i] = part;
		if (!program_has(parts[i].kind, way))
			bpf_program__set_autoload(part, false);
	}
	for (int i = 0; i < PROGRAM_PARTS; i++) {
		if (!p->parts[i]) {
			snprintf(operation, sizeof(operation), "find the program %s",
				 parts[i].name);
			return failure_set(f, operation, ENOENT);
		}
	}
	return 0;
}

static struct bpf_map *program_find_bss(const struct program *p)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, p->object) {
		const char *name = bpf_map__name(map);
		size_t n = strlen(name);

		if (n > 4 && !strcmp(name + n - 4, ".bss"))
			return map;
	}
	return NULL;
}

static void *program_map_memory(int fd, size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

static size_t program_whole_pages(size_t bytes)
{
	size_t page = sysconf(_SC_PAGESIZE);

	return (bytes + page - 1) / page * page;
}

/*
 * Linux before 6.1 lets a program that user space runs use no table but one that has its memory
 * beforehand.
 */
static int program_preallocate(const struct program *p)
{
	struct bpf_map *map;
	int e = 0;

	if (program_kernel_is(6, 1))
		return 0;
	bpf_object__for_each_map(map, p->object)
		if (bpf_map__type(map) == BPF_MAP_TYPE_HASH && !e)
			e = bpf_map__set_map_flags(map,
						   bpf_map__map_flags(map) & ~BPF_F_NO_PREALLOC);
	return e;
}

int program_load(struct program *p, const void *object, size_t size, const struct settings *s,
		 enum udp_way way, struct failure *f)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "tcptop");
	struct bpf_map *bss, *closes, *samples, *sockets, *flows;
	int e;

	p->object = bpf_object__open_mem(object, size, &options);
	if (!p->object)
		return failure_set(f, "read the kernel program", errno);
	if (program_find_parts(p, way, f))
		return -1;
	closes = bpf_object__find_map_by_name(p->object, "closes");
	samples = bpf_object__find_map_by_name(p->object, "samples");
	sockets = bpf_object__find_map_by_name(p->object, "sockets");
	flows = bpf_object__find_map_by_name(p->object, "flows");
	bss = program_find_bss(p);
	if (!closes || !samples || !sockets || !flows || !bss)
		return failure_set(f, "find the maps", ENOENT);
	if (bpf_map__value_size(samples) != sizeof(struct record))
		return failure_set(f, "compare the layout of the maps", EINVAL);
	if ((e = bpf_map__set_max_entries(closes, s->ring_bytes)) ||
	    (e = bpf_map__set_max_entries(samples, s->sample_records)) ||
	    (e = bpf_map__set_max_entries(sockets, s->socket_entries)) ||
	    (e = bpf_map__set_max_entries(flows, s->flow_entries)) || (e = program_preallocate(p)))
		return failure_set(f, "set the sizes of the maps", e);
	if ((e = bpf_object__load(p->object)))
		return failure_set(f, "load the kernel program", e);
	p->closes = bpf_map__fd(closes);
	p->control =
		program_map_memory(bpf_map__fd(bss), program_whole_pages(sizeof(struct control)));
	p->samples_bytes = (size_t)s->sample_records * sizeof(struct record);
	p->samples =
		program_map_memory(bpf_map__fd(samples), program_whole_pages(p->samples_bytes));
	if (!p->control || !p->samples)
		return failure_set(f, "map the kernel program's memory", errno);
	p->control->capacity = s->sample_records;
	return 0;
}

static int program_attach_parts(struct program *p, int cgroup_root, struct failure *f)
{
	for (int i = 0; i < PROGRAM_PARTS; i++) {
		if (!bpf_program__autoload(p->parts[i]) || parts[i].kind == KIND_RUN)
			continue;
		if (parts[i].kind == KIND_WALK)
			p->links[i] = bpf_program__attach_iter(p->parts[i], NULL);
		else if (parts[i].kind == KIND_CGROUP)
			p->links[i] = bpf_program__attach_cgroup(p->parts[i], cgroup_root);
		else
			p->links[i] = bpf_program__attach(p->parts[i]);
		if (!p->links[i]) {
			char operation[64];
			int e = errno;

			snprintf(operation, sizeof(operation), "attach %s", parts[i].name);
			return failure_set(f, operation, e);
		}
	}
	return 0;
}

int program_attach(struct program *p, enum udp_way way, struct failure *f)
{
	int root, e;

	if (way != UDP_CGROUP_SKB)
		return program_attach_parts(p, -1, f);
	root = mounts_open_cgroup_root();
	if (root < 0)
		return failure_set(f, "open the root of cgroup v2", root);
	e = program_attach_parts(p, root, f);
	close(root);
	return e;
}

static int program_run(const struct program *p, enum walk walk)
{
	LIBBPF_OPTS(bpf_test_run_opts, options);

	return bpf_prog_test_run_opts(bpf_program__fd(p->parts[walk]), &options);
}

static int program_iterate(const struct program *p, enum walk walk)
{
	int fd = bpf_iter_create(bpf_link__fd(p->links[walk]));
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

int program_walk(const struct program *p, enum walk walk)
{
	return parts[walk].kind == KIND_RUN ? program_run(p, walk) : program_iterate(p, walk);
}

struct program_costs program_costs(const struct program *p)
{
	struct program_costs costs = {};

	for (int i = 0; i < PROGRAM_PARTS; i++) {
		struct bpf_prog_info info = {};
		uint32_t size = sizeof(info);

		if (!bpf_program__autoload(p->parts[i]) ||
		    bpf_obj_get_info_by_fd(bpf_program__fd(p->parts[i]), &info, &size))
			continue;
		costs.run_ns += info.run_time_ns;
		costs.runs += info.run_cnt;
		if (parts[i].vital)
			costs.missed += info.recursion_misses;
	}
	return costs;
}

void program_close(struct program *p)
{
	for (int i = 0; i < PROGRAM_PARTS; i++)
		bpf_link__destroy(p->links[i]);
	if (p->samples)
		munmap(p->samples, program_whole_pages(p->samples_bytes));
	if (p->control)
		munmap(p->control, program_whole_pages(sizeof(*p->control)));
	bpf_object__close(p->object);
}
