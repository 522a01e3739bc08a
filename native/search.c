/* SPDX-License-Identifier: Apache-2.0 */
#include "search.h"
#include "clock.h"

#define SEARCH_SHARE 50 /* searches take at most one part in so many of a processor's time */
#define LATEST_NS                                                                                  \
	(10 * 1000000000ull) /* a close that waits gets a search this long after the last */

int search_now(const struct program *p)
{
	uint64_t start = clock_ns(CLOCK_MONOTONIC);
	int e;

	for (int i = 0; i < CHANGED_WORDS; i++)
		p->control->changed_before[i] =
			__atomic_exchange_n(&p->control->changed[i], 0, __ATOMIC_SEQ_CST);
	p->control->search++;
	e = program_walk(p, WALK_FILES);
	p->control->searched_ns = start;
	return e;
}

static int search_is_due(const struct search *s, const struct control *control)
{
	uint64_t due = s->next_ns, latest = control->searched_ns + LATEST_NS;

	if (!control->waiting && control->guesses == s->guesses)
		return 0;
	if (control->waiting && due > latest)
		due = latest;
	return clock_ns(CLOCK_MONOTONIC) >= due;
}

int search_if_due(struct search *s, const struct program *p)
{
	uint64_t before, cost;
	int e;

	if (!search_is_due(s, p->control))
		return 0;
	s->guesses = p->control->guesses;
	/*
	 * A search costs by the number of descriptors, so the pause depends on its cost. The cost
	 * is this thread's own time, since a busy machine may hold the thread up for long.
	 */
	before = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	e = search_now(p);
	cost = clock_ns(CLOCK_THREAD_CPUTIME_ID) - before;
	s->next_ns = clock_ns(CLOCK_MONOTONIC) + SEARCH_SHARE * cost;
	return e;
}
