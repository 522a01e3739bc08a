/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Subscribers of tcptop's event stream, on loopback.
 *   subscribers PORT COUNT STALLED SECONDS
 * COUNT subscribers read all that arrives, STALLED more never read. When all have their first bytes
 * the program prints "ready", and after SECONDS a line of JSON: ticks and bytes received, and of
 * the delay from a tick to the arrival of its event the median, 99th percentile and maximum in
 * milliseconds.
 *
 * Every tenth subscriber parses what it reads; for the others the kernel discards the bytes, so
 * that the readers take little of the machine that is measured.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define EACH_TENTH 10
#define CHUNK (256 << 10)
#define KEPT 128 /* bytes kept of a chunk that ends within a tick */
#define DELAYS (1 << 20)

static const char tick[] = "event: tick\ndata: {\"time\":\"";

struct subscriber {
	int fd;
	int looks;
	int begun;
	size_t kept;
	char tail[KEPT];
};

static char chunk[KEPT + CHUNK];
static double delays[DELAYS];
static size_t ticks;
static uint64_t bytes;
static int begun;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static double now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* Seconds since 1970 of 2026-11-24T10:00:00.123456789Z, or with fewer digits. */
static double seconds(const char *text)
{
	struct tm utc = {};
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &utc);

	return rest ? timegm(&utc) + (*rest == '.' ? strtod(rest, NULL) : 0) : 0;
}

/* Parses the ticks of a chunk. A tick that the chunk cuts is kept for the next one. */
static void look(struct subscriber *s, size_t size)
{
	char *at = chunk, *end = chunk + size, *found;

	while ((found = memmem(at, end - at, tick, sizeof(tick) - 1))) {
		char *time = found + sizeof(tick) - 1;

		if (!memchr(time, '"', end - time)) {
			at = found;
			break;
		}
		if (ticks < DELAYS)
			delays[ticks++] = now(CLOCK_REALTIME) - seconds(time);
		at = time;
	}
	s->kept = end - at < KEPT ? end - at : KEPT;
	memcpy(s->tail, end - s->kept, s->kept);
}

static void receive(struct subscriber *s)
{
	size_t kept = s->looks ? s->kept : 0;
	ssize_t n;

	memcpy(chunk, s->tail, kept);
	n = recv(s->fd, chunk + kept, CHUNK, MSG_DONTWAIT | (s->looks ? 0 : MSG_TRUNC));
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		fprintf(stderr, "subscribers: a stream ended\n");
		exit(1);
	}
	begun += !s->begun;
	s->begun = 1;
	bytes += n;
	if (s->looks)
		look(s, kept + n);
}

static int subscribe(int port)
{
	static const char request[] = "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n"
				      "Accept: text/event-stream\r\n\r\n";
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof(at)) ||
	    write(fd, request, sizeof(request) - 1) != sizeof(request) - 1)
		die("subscribe");
	return fd;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void serve(int epoll, double until, int wanted)
{
	struct epoll_event events[256];

	while (now(CLOCK_MONOTONIC) < until && (!wanted || begun < wanted)) {
		int n = epoll_wait(epoll, events, 256, 100);

		for (int i = 0; i < n; i++)
			receive(events[i].data.ptr);
	}
}

int main(int argc, char **argv)
{
	struct rlimit files;
	int port, count, stalled, duration, epoll = epoll_create1(0);

	if (argc != 5) {
		fprintf(stderr, "usage: subscribers PORT COUNT STALLED SECONDS\n");
		return 2;
	}
	port = atoi(argv[1]);
	count = atoi(argv[2]);
	stalled = atoi(argv[3]);
	duration = atoi(argv[4]);
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	for (int i = 0; i < count; i++) {
		struct subscriber *s = calloc(1, sizeof(*s));
		struct epoll_event event = {.events = EPOLLIN, .data.ptr = s};

		if (!s)
			die("subscriber");
		s->fd = subscribe(port);
		s->looks = i % EACH_TENTH == 0;
		if (epoll_ctl(epoll, EPOLL_CTL_ADD, s->fd, &event))
			die("epoll_ctl");
	}
	for (int i = 0; i < stalled; i++)
		subscribe(port);
	serve(epoll, now(CLOCK_MONOTONIC) + 60, count);
	if (begun < count) {
		fprintf(stderr, "subscribers: %d of %d streams have begun\n", begun, count);
		return 1;
	}
	printf("ready\n");
	fflush(stdout);
	ticks = bytes = 0;
	serve(epoll, now(CLOCK_MONOTONIC) + duration, 0);
	qsort(delays, ticks, sizeof(*delays), by_size);
	printf("{\"ticks\":%zu,\"bytes\":%llu,\"p50\":%.1f,\"p99\":%.1f,\"max\":%.1f}\n", ticks,
	       (unsigned long long)bytes, ticks ? delays[ticks / 2] * 1e3 : 0,
	       ticks ? delays[ticks * 99 / 100] * 1e3 : 0, ticks ? delays[ticks - 1] * 1e3 : 0);
	return 0;
}
