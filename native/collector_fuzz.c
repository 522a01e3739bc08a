/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes where the collector reads what it did not write itself: closing records, records of
 * flows that ended, libbpf's log, and the table of mounts. The kernel is not asked: its answers are
 * the input too.
 */
#include <stdint.h>
#include <stdio.h>

static const uint8_t *input;
static size_t left;

static FILE *fuzzed_file(void)
{
	return left ? fmemopen((void *)input, left, "r") : NULL;
}

static int fuzzed_lookup(void *value, size_t size)
{
	if (left < size + 1)
		return -1;
	__builtin_memcpy(value, input, size);
	input += size, left -= size;
	return 0;
}

/* The headers first: they declare what is replaced. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>

#include "collector.h"

#define fopen(path, mode) fuzzed_file()
#define open(path, flags) (strlen(path) < 2048 ? 3 : -1)
#define bpf_map_lookup_elem(map, key, value) fuzzed_lookup(value, sizeof(*(value)))
#define bpf_map_delete_elem(map, key) ((void)(key))
#include "collector.c"

static void take_closes(void)
{
	enum { CAPACITY = 4 };
	/* The answer at the last one that fits is to stop. */
	struct collector c = {.closes_capacity = CAPACITY};
	int stopped = 0;

	c.closes = malloc(CAPACITY * sizeof(struct record));
	while (left && !stopped) {
		size_t size = *input & 1 ? sizeof(struct record) : *input;

		if (size > left)
			break;
		stopped = take_close(&c, (void *)input, size) == -ENOSPC;
		input += size ? size : 1, left -= size ? size : 1;
	}
	if (c.header.closes > CAPACITY || stopped != (c.header.closes == CAPACITY))
		abort();
	free(c.closes);
}

static void end_flows(void)
{
	struct collector c = {};

	c.header.samples = left / sizeof(struct record) / 2;
	c.samples = malloc(c.header.samples * sizeof(struct record));
	for (uint32_t i = 0; i < c.header.samples; i++)
		fuzzed_lookup(&c.samples[i], sizeof(struct record));
	remove_ended_flows(&c);
	free(c.samples);
}

static void log_text(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	keep_log(LIBBPF_WARN, format, args);
	va_end(args);
}

/* Messages of any length: each but the last byte of a length is a repetition of one character. */
static void keep_logs(void)
{
	static char text[3 * sizeof(((struct failure *)0)->log)];
	struct failure f = {};

	listening = &f;
	for (; left >= 2; input += 2, left -= 2) {
		size_t length = ((size_t)input[0] << 8 | input[1]) % sizeof(text);

		memset(text, input[1] | 1, length);
		text[length] = 0;
		log_text("%s", text);
		if (memchr(f.log, 0, sizeof(f.log)) == NULL)
			abort();
		/* The end of what came last is kept. */
		if (length && f.log[strlen(f.log) - 1] != (char)(input[1] | 1))
			abort();
	}
	listening = NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const targets[])(void) = {take_closes, end_flows, keep_logs};
	uint8_t target;

	if (size < 1)
		return 0;
	target = data[0] % 4;
	input = data + 1, left = size - 1;
	if (target < 3)
		targets[target]();
	else
		open_cgroup_root();
	return 0;
}
