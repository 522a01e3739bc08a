/* SPDX-License-Identifier: Apache-2.0 */
/* The searches for owners: which process holds which socket, by all processes' descriptors. */
#ifndef TCPTOP_SEARCH_H
#define TCPTOP_SEARCH_H

#include <stdint.h>

#include "program.h"

struct search {
	uint64_t guesses; /* control->guesses at the last search */
	uint64_t next_ns; /* CLOCK_MONOTONIC: no search before */
};

/* Searches now. 0 or a negative errno. */
int search_now(const struct program *program);

/*
 * Searches if the owner of an active connection or flow, or of a closed one, is in doubt, and if
 * the last search was long enough ago. 0 or a negative errno.
 */
int search_if_due(struct search *search, const struct program *program);

#endif
