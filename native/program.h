/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel program in bpf/: loaded, attached, walked. The only user of libbpf but for the log. */
#ifndef TCPTOP_PROGRAM_H
#define TCPTOP_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "collector.h"

/* The walks, as indexes of the table of parts. */
enum walk { WALK_SOCKETS, WALK_FLOWS, WALK_ENDS, WALK_TCP, WALK_FILES, WALKS };

enum { PROGRAM_PARTS = 31 };

struct program {
	struct bpf_object *object;
	struct bpf_program *parts[PROGRAM_PARTS];
	struct bpf_link *links[PROGRAM_PARTS];
	int closes;		 /* the ring's descriptor */
	struct control *control; /* mapped */
	struct record *samples;	 /* mapped */
	size_t samples_bytes;
};

/* The figures that the kernel keeps of all parts. */
struct program_costs {
	uint64_t run_ns; /* 0 while kernel.bpf_stats_enabled is 0 */
	uint64_t runs;
	uint64_t missed; /* runs of vital parts that found the part already running */
};

/*
 * Loads the object for this way of observing UDP. 0, or -1 with the reason in *failure;
 * program_close() is due in both cases.
 */
int program_load(struct program *program, const void *object, size_t size,
		 const struct settings *settings, enum udp_way way, struct failure *failure);

/* Attaches all parts that were loaded. 0, or -1 with the reason in *failure. */
int program_attach(struct program *program, enum udp_way way, struct failure *failure);

/* Walks from end to end; the walk reports through the maps. 0 or a negative errno. */
int program_walk(const struct program *program, enum walk walk);

struct program_costs program_costs(const struct program *program);

/* Detaches and unloads everything, also after half a program_load(). */
void program_close(struct program *program);

#endif
