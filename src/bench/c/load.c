/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Load for measurements and beside tests, on loopback only, bounded in time.
 *   load hold CONNECTIONS ACTIVE SECONDS
 *     holds connections; each second ACTIVE of them carry a byte, and in the last IDLE seconds none
 *   load churn RATE SECONDS
 *     opens and closes RATE connections a second; 0 for as many as possible
 *   load udp BYTES SECONDS
 *     sends datagrams of BYTES to one receiver, as many as possible
 * Each prints "ready" when it has begun, and its total when it ends.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define IDLE 3		 /* seconds without a byte, before all connections end at once */
#define PER_PROCESS 9000 /* connections: two descriptors each, below a limit of 20,000 */

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

/* Each process listens at an address of its own, so that the ephemeral ports suffice. */
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

/* Returns the number of bytes that the connections carried. */
static long hold(int process, int connections, int active, int seconds, int ready)
{
	struct sockaddr_in at;
	int listener = listen_on(process, &at), *out = calloc(connections, sizeof(int));
	int *in = calloc(connections, sizeof(int)), next = 0;
	double start;
	long moved = 0;
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
		for (int i = 0; i < active; i++, moved++, next = (next + 1) % connections)
			if (write(out[next], &byte, 1) != 1 || read(in[next], &byte, 1) != 1)
				die("byte");
		sleep_until(start + second);
	}
	sleep_until(start + seconds + IDLE);
	return moved;
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

/* The receiver reads until its parent ends. */
static void receive(int fd)
{
	static char datagram[65536];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		if (recv(fd, datagram, sizeof(datagram), 0) < 0)
			die("recv");
}

static long send_datagrams(int bytes, int seconds)
{
	static char datagram[65536];
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t size = sizeof(at);
	int in = socket(AF_INET, SOCK_DGRAM, 0), out = socket(AF_INET, SOCK_DGRAM, 0);
	double end;
	long sent = 0;
	pid_t receiver;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (in < 0 || out < 0 || bind(in, (struct sockaddr *)&at, size) ||
	    getsockname(in, (struct sockaddr *)&at, &size) ||
	    connect(out, (struct sockaddr *)&at, size))
		die("udp");
	receiver = fork();
	if (receiver < 0)
		die("fork");
	if (!receiver)
		receive(in);
	printf("ready\n");
	fflush(stdout);
	end = now() + seconds;
	for (; sent % 64 || now() < end; sent++)
		if (send(out, datagram, bytes, 0) != bytes)
			die("send");
	kill(receiver, SIGKILL);
	waitpid(receiver, NULL, 0);
	return sent;
}

int main(int argc, char **argv)
{
	struct rlimit files;

	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	if (argc == 5 && !strcmp(argv[1], "hold")) {
		int connections = atoi(argv[2]), active = atoi(argv[3]), seconds = atoi(argv[4]);
		int processes = (connections + PER_PROCESS - 1) / PER_PROCESS, ready[2], done[2];
		long moved, all = 0;
		char byte;

		if (pipe(ready) || pipe(done))
			die("pipe");
		for (int i = 0; i < processes; i++)
			if (!fork()) {
				prctl(PR_SET_PDEATHSIG, SIGKILL);
				moved = hold(i, connections / processes, active / processes,
					     seconds, ready[1]);
				if (write(done[1], &moved, sizeof(moved)) != sizeof(moved))
					die("pipe");
				exit(0);
			}
		for (int i = 0; i < processes; i++)
			if (read(ready[0], &byte, 1) != 1)
				die("pipe");
		printf("ready\n");
		fflush(stdout);
		for (int i = 0; i < processes; i++, all += moved)
			if (read(done[0], &moved, sizeof(moved)) != sizeof(moved))
				die("pipe");
		while (wait(NULL) > 0)
			;
		printf("%ld bytes\n", all);
		return 0;
	}
	if (argc == 4 && !strcmp(argv[1], "churn")) {
		printf("%ld connections\n", churn(atol(argv[2]), atoi(argv[3])));
		return 0;
	}
	if (argc == 4 && !strcmp(argv[1], "udp")) {
		printf("%ld datagrams\n", send_datagrams(atoi(argv[2]), atoi(argv[3])));
		return 0;
	}
	fprintf(stderr, "usage: load hold CONNECTIONS ACTIVE SECONDS | load churn RATE SECONDS | "
			"load udp BYTES SECONDS\n");
	return 2;
}
