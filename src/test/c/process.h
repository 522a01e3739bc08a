/* SPDX-License-Identifier: Apache-2.0 */
/* The processes of a workload, and addresses passed between them. */
#ifndef TCPTOP_PROCESS_H
#define TCPTOP_PROCESS_H

#include "udp.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static int post[2]; /* a pipe: the process that creates a socket posts its address there */

/* Begins a process's life: sets its name and forgets the flows that its parent used. */
static inline void begin_process(const char *name)
{
	must(prctl(PR_SET_NAME, name), "PR_SET_NAME");
	end_count = 0;
}

/* Called first in main(). */
static inline void begin_workload(const char *name)
{
	begin_process(name);
	must(pipe(post), "pipe");
}

/* Forks; the new process, in which this returns 0, ends with its parent. */
static inline pid_t split(const char *name)
{
	pid_t parent = getpid(), child = must(fork(), "fork");

	if (!child) {
		must(prctl(PR_SET_PDEATHSIG, SIGKILL), "PR_SET_PDEATHSIG");
		if (getppid() != parent)
			exit(1);
		begin_process(name);
	}
	return child;
}

/* Waits for all children, each of which must end with status 0. */
static inline void join(void)
{
	int status;

	while (wait(&status) > 0) {
		if (status) {
			fprintf(stderr, "a child ended with status %#x\n", status);
			exit(1);
		}
	}
}

static inline void post_address(struct sockaddr_storage at)
{
	must(write(post[1], &at, sizeof(at)), "post");
}

static inline struct sockaddr_storage next_address(void)
{
	struct pollfd in = {.fd = post[0], .events = POLLIN};
	struct sockaddr_storage at = {};

	if (poll(&in, 1, PATIENCE_SECONDS * 1000) != 1)
		die("no address was posted");
	must(read(post[0], &at, sizeof(at)), "next address");
	return at;
}

static inline void nap(int milliseconds)
{
	usleep(milliseconds * 1000);
}

/*
 * Milliseconds, longer than a search takes: a process that only receives is known by its
 * descriptor, which a search can find only while the process lives.
 */
#define LONG_ENOUGH 400

/* Prints the truth of ends that only received, and stays until a search can have found them. */
static inline void tell_receiver(void)
{
	tell_ends();
	nap(LONG_ENOUGH);
}

/* Moves this process to a network namespace that ip(8) made. */
static inline void enter(const char *netns)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	fd = must(open(path, O_RDONLY | O_CLOEXEC), path);
	must(setns(fd, CLONE_NEWNET), "setns");
	close(fd);
}

#endif
