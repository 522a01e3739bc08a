/* SPDX-License-Identifier: Apache-2.0 */
/* The collector on the running kernel with real sockets, without a JVM: make test, as root. */
#include "collector.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SECOND 1000000000ull

static const char *test_name;

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s: %s:%d: %s\n", test_name, __FILE__, __LINE__,          \
				#condition);                                                       \
			exit(1);                                                                   \
		}                                                                                  \
	} while (0)

static void *object;
static size_t object_bytes;

static struct collector *open_with(struct settings settings)
{
	struct failure failure;
	struct collector *c = collector_open(object, object_bytes, &settings, &failure);

	if (!c) {
		fprintf(stderr, "%s: %s: %s\n%s", test_name, failure.operation,
			strerror(failure.error), failure.log);
		exit(1);
	}
	return c;
}

static const struct settings usual = {
	.ring_bytes = 1 << 20, .sample_records = 4096, .flow_entries = 4096, .udp_way = UDP_AUTO};

static uint16_t local_port(int fd)
{
	struct sockaddr_in at;
	socklen_t size = sizeof(at);

	CHECK(!getsockname(fd, (struct sockaddr *)&at, &size));
	return ntohs(at.sin_port);
}

/* A connected pair on 127.0.0.1: sockets[0] connected, sockets[1] accepted. Returns the port. */
static uint16_t pair(int sockets[2])
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	CHECK(!bind(listener, (struct sockaddr *)&at, sizeof(at)) && !listen(listener, 1));
	at.sin_port = htons(local_port(listener));
	sockets[0] = socket(AF_INET, SOCK_STREAM, 0);
	CHECK(!connect(sockets[0], (struct sockaddr *)&at, sizeof(at)));
	sockets[1] = accept(listener, NULL, NULL);
	CHECK(sockets[1] >= 0);
	close(listener);
	return ntohs(at.sin_port);
}

/* This process's: another one may use the same port in a network namespace of its own. */
static const struct record *find(const struct record *records, uint32_t count, int protocol,
				 uint16_t remote_port)
{
	for (uint32_t i = 0; i < count; i++)
		if (records[i].protocol == protocol && records[i].remote_port == remote_port &&
		    records[i].pid == (uint32_t)getpid())
			return &records[i];
	return NULL;
}

static const struct record *sampled(const struct collector *c, int protocol, uint16_t remote_port)
{
	size_t bytes;

	return find(collector_samples(c, &bytes), collector_header(c)->samples, protocol,
		    remote_port);
}

static const struct record *closed(const struct collector *c, uint16_t remote_port)
{
	size_t bytes;

	return find(collector_closes(c, &bytes), collector_header(c)->closes, IPPROTO_TCP,
		    remote_port);
}

static void a_connection_from_open_to_close(void)
{
	struct collector *c = open_with(usual);
	const struct record *r;
	char payload[1000] = "";
	int s[2];
	uint16_t port = pair(s), local;
	uint64_t id;

	CHECK(write(s[0], payload, 1000) == 1000 && read(s[1], payload, 1000) == 1000);
	CHECK(collector_sample(c, SAMPLE_LIVE, 5 * SECOND) == 0);
	r = sampled(c, IPPROTO_TCP, port);
	CHECK(r && r->bytes_out == 1000 && r->bytes_in == 0);
	local = local_port(s[0]);
	CHECK(r->local_port == local);
	CHECK(r->pid == (uint32_t)getpid() && r->pid_source == SOURCE_CONNECT);
	CHECK(r->direction == DIRECTION_OUTBOUND && !(r->flags & RECORD_PARTIAL));
	CHECK(r->remote_address[0] == 127 && r->remote_address[3] == 1);
	id = r->id;
	CHECK(collector_sample(c, SAMPLE_LIVE, 5 * SECOND) == 0);
	CHECK(!sampled(c, IPPROTO_TCP, port)); /* nothing changed */
	close(s[0]);
	close(s[1]);
	CHECK(collector_sample(c, SAMPLE_LIVE, 5 * SECOND) == 0);
	r = closed(c, port);
	CHECK(r && r->id == id && r->bytes_out == 1000 && r->flags & RECORD_CLOSED);
	CHECK(r->local_port == local);
	collector_close(c);
}

static void an_older_connection_counts_from_zero(void)
{
	struct collector *c;
	const struct record *r;
	char payload[500] = "";
	int s[2];
	uint16_t port = pair(s);

	CHECK(write(s[0], payload, 500) == 500 && read(s[1], payload, 500) == 500);
	c = open_with(usual);
	CHECK(write(s[0], payload, 70) == 70 && read(s[1], payload, 70) == 70);
	CHECK(collector_sample(c, SAMPLE_LIVE, 5 * SECOND) == 0);
	r = sampled(c, IPPROTO_TCP, port);
	CHECK(r && r->flags & RECORD_PARTIAL);
	CHECK(r->bytes_out == 70 && r->lifetime_bytes_out == 570);
	CHECK(r->pid == (uint32_t)getpid() && r->pid_source == SOURCE_FD);
	close(s[0]);
	close(s[1]);
	collector_close(c);
}

static void a_flow_ends_when_it_is_idle(void)
{
	struct collector *c = open_with(usual);
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int receiver = socket(AF_INET, SOCK_DGRAM, 0), sender = socket(AF_INET, SOCK_DGRAM, 0);
	const struct record *r;

	CHECK(collector_header(c)->udp_way != UDP_NONE);
	CHECK(!bind(receiver, (struct sockaddr *)&to, sizeof(to)));
	to.sin_port = htons(local_port(receiver));
	CHECK(sendto(sender, "12345", 5, 0, (struct sockaddr *)&to, sizeof(to)) == 5);
	CHECK(collector_sample(c, SAMPLE_LIVE, 5 * SECOND) == 0);
	r = sampled(c, IPPROTO_UDP, ntohs(to.sin_port));
	CHECK(r && r->bytes_out == 5 && r->packets_out == 1 && r->pid == (uint32_t)getpid());
	CHECK(!(r->flags & RECORD_CLOSED));
	do { /* in two steps: it is marked, and after a while it ends */
		CHECK(collector_sample(c, SAMPLE_LIVE, 0) == 0);
		r = sampled(c, IPPROTO_UDP, ntohs(to.sin_port));
	} while (!r);
	CHECK(r->flags & RECORD_CLOSED && r->bytes_out == 5);
	close(receiver);
	close(sender);
	collector_close(c);
}

static void a_full_array_takes_further_passes(void)
{
	struct settings small = usual;
	struct collector *c;
	int s[20][2], passes = 0, found = 0;
	uint16_t ports[20];

	small.sample_records = 8;
	c = open_with(small);
	for (int i = 0; i < 20; i++)
		ports[i] = pair(s[i]);
	for (int more = 1; more; passes++) {
		more = collector_sample(c, passes ? SAMPLE_LIVE | SAMPLE_AGAIN : SAMPLE_LIVE,
					5 * SECOND);
		CHECK(more >= 0);
		for (int i = 0; i < 20; i++)
			found += sampled(c, IPPROTO_TCP, ports[i]) != NULL;
	}
	CHECK(passes > 1 && found == 20); /* each once */
	for (int i = 0; i < 20; i++)
		close(s[i][0]), close(s[i][1]);
	collector_close(c);
}

static void a_full_ring_counts_what_it_loses(void)
{
	struct settings small = usual;
	struct collector *c;
	uint64_t lost;

	small.ring_bytes = 4096; /* 24 records */
	c = open_with(small);
	for (int i = 0; i < 50; i++) {
		int s[2];

		pair(s);
		close(s[0]);
		close(s[1]);
	}
	CHECK(collector_sample(c, SAMPLE_LIVE, 5 * SECOND) == 0);
	lost = collector_header(c)->lost_closes;
	CHECK(lost > 0 && collector_header(c)->closes + lost >= 100);
	collector_close(c);
}

static void what_is_no_kernel_program_is_refused(void)
{
	struct failure failure;

	CHECK(!collector_open("no ELF file", 11, &usual, &failure));
	CHECK(failure.error && failure.operation[0] && failure.log[0]);
	collector_close(NULL);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} tests[] = {
		{"a_connection_from_open_to_close", a_connection_from_open_to_close},
		{"an_older_connection_counts_from_zero", an_older_connection_counts_from_zero},
		{"a_flow_ends_when_it_is_idle", a_flow_ends_when_it_is_idle},
		{"a_full_array_takes_further_passes", a_full_array_takes_further_passes},
		{"a_full_ring_counts_what_it_loses", a_full_ring_counts_what_it_loses},
		{"what_is_no_kernel_program_is_refused", what_is_no_kernel_program_is_refused},
	};
	const size_t count = sizeof(tests) / sizeof(tests[0]);
	FILE *f = argc == 2 ? fopen(argv[1], "re") : NULL;

	if (!f) {
		fprintf(stderr, "usage: %s tcptop.bpf.o\n", argv[0]);
		return 2;
	}
	if (geteuid()) {
		fprintf(stderr, "error: these tests load a kernel program: run them as root\n");
		return 77;
	}
	object = malloc(1 << 22);
	object_bytes = fread(object, 1, 1 << 22, f);
	fclose(f);
	for (size_t i = 0; i < count; i++) {
		test_name = tests[i].name;
		tests[i].run();
	}
	free(object);
	printf("native: %zu passed, 0 failed\n", count);
	return 0;
}
