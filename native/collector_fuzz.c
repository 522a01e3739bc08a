/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arbitrary bytes wherever the collector reads what it did not write itself: closing records,
 * libbpf's log, and the table of mounts. The kernel is not called.
 */
#include <stdint.h>
#include <stdio.h>

static const uint8_t *input;
static size_t left;

static FILE *fuzzed_file(void)
{
	return left ? fmemopen((void *)input, left, "r") : NULL;
}

/* The headers come first: they declare what the macros replace. */
#include <bpf/libbpf.h>
#include <fcntl.h>

#include "collector.h"

#define fopen(path, mode) fuzzed_file()
#define open(path, flags) ((void)strlen(path), -1)
#include "collector.c"
#include "failure.c"
#include "mounts.c"

static void take_closes(void)
{
	enum { CAPACITY = 4 };
	/* The last record that fits is answered by -ENOSPC: stop. */
	struct collector c = {.closes_capacity = CAPACITY};
	int stopped = 0;

	c.closes = malloc(CAPACITY * sizeof(struct record));
	while (left && !stopped) {
		size_t size = *input & 1 ? sizeof(struct record) : *input;

		if (size > left)
			break;
		stopped = collector_take_close(&c, (void *)input, size) == -ENOSPC;
		input += size ? size : 1, left -= size ? size : 1;
	}
	if (c.header.closes > CAPACITY || stopped != (c.header.closes == CAPACITY))
		abort();
	free(c.closes);
}

static void log_text(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	failure_log(LIBBPF_WARN, format, args);
	va_end(args);
}

/* Messages of any length: two bytes give a length and the character that fills it. */
static void keep_logs(void)
{
	static char text[3 * sizeof(((struct failure *)0)->log)];
	struct failure f = {};

	failure_listening = &f;
	for (; left >= 2; input += 2, left -= 2) {
		size_t length = ((size_t)input[0] << 8 | input[1]) % sizeof(text);

		memset(text, input[1] | 1, length);
		text[length] = 0;
		log_text("%s", text);
		if (memchr(f.log, 0, sizeof(f.log)) == NULL)
			abort();
		/* The log keeps the end of the last message. */
		if (length && f.log[strlen(f.log) - 1] != (char)(input[1] | 1))
			abort();
	}
	failure_listening = NULL;
}

static void look_at(const struct mount *mount, void *unused)
{
	(void)unused;
	if (!mount->root || !mount->path || !mount->type)
		abort();
	/* Decoded or not, no string is longer than the input. */
	if (strlen(mount->root) + strlen(mount->path) + strlen(mount->type) > left)
		abort();
}

static void read_mounts(void)
{
	mounts_visit(look_at, NULL);
	mounts_open_cgroup_root();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const targets[])(void) = {take_closes, keep_logs, read_mounts};

	if (size < 1)
		return 0;
	input = data + 1, left = size - 1;
	targets[data[0] % 3]();
	return 0;
}
