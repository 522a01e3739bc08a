/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Load for measurements, on loopback only, bounded in time.
 *   load hold CONNECTIONS ACTIVE SECONDS   holds connections; each second ACTIVE of them carry a
 * byte load churn RATE SECONDS                opens and closes RATE connections a second (0: all it
 * can) Each prints "ready" when it has begun and what it did when it ends.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PER_PROCESS 9000 /* connections: two descriptors each, under a limit of 20,000 */

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void sleep_until(double when)
{
	double left = when - now();

	if (left > 0)
		usleep(left * 1e6);
}

/* Each process has an address of its own, so that ephemeral ports suffice. */
static int listen_on(int process, struct sockaddr_in *at)
{
	socklen_t size = sizeof(*at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	memset(at, 0, sizeof(*at));
	at->sin_family = AF_INET;
	at->sin_addr.s_addr = htonl(0x7f000101 + process);
	if (fd < 0 || bind(fd, (struct sockaddr *)at, sizeof(*at)) || listen(fd, 4096) ||
	    getsockname(fd, (struct sockaddr *)at, &size))
		die("listen");
	return fd;
}

static void hold(int process, int connections, int active, int seconds, int ready)
{
	struct sockaddr_in at;
	int listener = listen_on(process, &at), *out = calloc(connections, sizeof(int));
	int *in = calloc(connections, sizeof(int)), next = 0;
	double start;
	char byte = 0;

	for (int i = 0; i < connections; i++) {
		out[i] = socket(AF_INET, SOCK_STREAM, 0);
		if (out[i] < 0 || connect(out[i], (struct sockaddr *)&at, sizeof(at)))
			die("connect");
		in[i] = accept(listener, NULL, NULL);
		if (in[i] < 0)
			die("accept");
	}
	if (write(ready, &byte, 1) != 1)
		die("pipe");
	start = now();
	for (int second = 1; second <= seconds; second++) {
		for (int i = 0; i < active; i++, next = (next + 1) % connections)
			if (write(out[next], &byte, 1) != 1 || read(in[next], &byte, 1) != 1)
				die("byte");
		sleep_until(start + second);
	}
}

static long churn(long rate, int seconds)
{
	struct linger abort_close = {.l_onoff = 1};
	struct sockaddr_in at;
	int listener = listen_on(0, &at);
	double start = now(), end = start + seconds;
	long done = 0;

	printf("ready\n");
	fflush(stdout);
	while (now() < end) {
		int out = socket(AF_INET, SOCK_STREAM, 0), in;

		if (out < 0 || connect(out, (struct sockaddr *)&at, sizeof(at)))
			die("connect");
		in = accept(listener, NULL, NULL);
		if (in < 0)
			die("accept");
		if (write(out, "x", 1) != 1)
			die("write");
		/* No TIME_WAIT, or the ephemeral ports would run out. */
		setsockopt(out, SOL_SOCKET, SO_LINGER, &abort_close, sizeof(abort_close));
		close(out);
		close(in);
		done++;
		if (rate && done % 10 == 0)
			sleep_until(start + (double)done / rate);
	}
	return done;
}

int main(int argc, char **argv)
{
	struct rlimit files;

	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	if (argc == 5 && !strcmp(argv[1], "hold")) {
		int connections = atoi(argv[2]), active = atoi(argv[3]), seconds = atoi(argv[4]);
		int processes = (connections + PER_PROCESS - 1) / PER_PROCESS, ready[2];
		char byte;

		if (pipe(ready))
			die("pipe");
		for (int i = 0; i < processes; i++)
			if (!fork()) {
				hold(i, connections / processes, active / processes, seconds,
				     ready[1]);
				exit(0);
			}
		for (int i = 0; i < processes; i++)
			if (read(ready[0], &byte, 1) != 1)
				die("pipe");
		printf("ready\n");
		fflush(stdout);
		while (wait(NULL) > 0)
			;
		return 0;
	}
	if (argc == 4 && !strcmp(argv[1], "churn")) {
		printf("%ld connections\n", churn(atol(argv[2]), atoi(argv[3])));
		return 0;
	}
	fprintf(stderr, "usage: load hold CONNECTIONS ACTIVE SECONDS | load churn RATE SECONDS\n");
	return 2;
}
