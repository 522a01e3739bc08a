/* SPDX-License-Identifier: Apache-2.0 */
#include "failure.h"

#include <bpf/libbpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* libbpf has one log for the whole process: each message goes to the failure of its thread. */
static _Thread_local struct failure *failure_listening;

static int failure_log(enum libbpf_print_level level, const char *format, va_list args)
{
	struct failure *f = failure_listening;
	size_t used, drop = 0, from = 0;
	char *text;
	int n;

	if (!f || level == LIBBPF_DEBUG)
		return 0;
	n = vasprintf(&text, format, args);
	if (n < 0)
		return 0;
	/* A verifier's log is long, and its last lines give the reason. */
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

int failure_set(struct failure *failure, const char *operation, int error)
{
	failure->error = error < 0 ? -error : error;
	snprintf(failure->operation, sizeof(failure->operation), "%s", operation);
	return -1;
}

void failure_listen(struct failure *failure)
{
	if (failure)
		memset(failure, 0, sizeof(*failure));
	libbpf_set_print(failure_log);
	failure_listening = failure;
}
