/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The collector on the running kernel with real sockets, without a JVM: make test, as root. The
 * machine may be in use: a test asserts only what is true of this process's own sockets, and takes
 * as many passes as a sample has, since others' connections share the buffers.
 */
#include "collector.h"
#include "mounts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECOND 1000000000ull
#define PATIENCE_SECONDS 60 /* for each test */

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

static const struct settings usual = {.ring_bytes = 1 << 20,
				      .sample_records = 4096,
				      .socket_entries = 1 << 16,
				      .flow_entries = 4096,
				      .udp_way = UDP_AUTO};

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

/* What a sample reported of this process: a closing record is the later one of its id. */
static struct {
	struct record live[64], closed[256];
	int live_count, closed_count, passes;
} own;

static int keep_own(struct record *kept, int count, int room, const struct record *records,
		    uint32_t all)
{
	for (uint32_t i = 0; i < all; i++) {
		if (records[i].pid != (uint32_t)getpid())
			continue;
		CHECK(count < room);
		kept[count++] = records[i];
	}
	return count;
}

/* Takes a whole sample. */
static void sample(struct collector *c, uint64_t idle_ns)
{
	const struct header *h = collector_header(c);
	int more = 1;

	own.live_count = own.closed_count = 0;
	for (own.passes = 0; more; own.passes++) {
		size_t bytes;

		more = collector_sample(c, own.passes ? SAMPLE_LIVE | SAMPLE_AGAIN : SAMPLE_LIVE,
					idle_ns);
		CHECK(more == 0 || more == 1);
		own.live_count = keep_own(own.live, own.live_count, 64,
					  collector_samples(c, &bytes), h->samples);
		own.closed_count = keep_own(own.closed, own.closed_count, 256,
					    collector_closes(c, &bytes), h->closes);
	}
}

/* By the remote port: another network namespace may use the same, but not this process there. */
static const struct record *find(const struct record *records, int count, int protocol,
				 uint16_t remote_port)
{
	for (int i = 0; i < count; i++)
		if (records[i].protocol == protocol && records[i].remote_port == remote_port)
			return &records[i];
	return NULL;
}

static const struct record *sampled(int protocol, uint16_t remote_port)
{
	return find(own.live, own.live_count, protocol, remote_port);
}

static const struct record *closed(uint16_t remote_port)
{
	return find(own.closed, own.closed_count, IPPROTO_TCP, remote_port);
}

/* Softirq ends a connection, on a busy machine some time after the process's close(). */
static const struct record *await_closed(struct collector *c, uint16_t remote_port)
{
	const struct record *r;

	do {
		sample(c, 5 * SECOND);
		r = closed(remote_port);
	} while (!r);
	return r;
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
	sample(c, 5 * SECOND);
	r = sampled(IPPROTO_TCP, port);
	CHECK(r && r->bytes_out == 1000 && r->bytes_in == 0);
	local = local_port(s[0]);
	CHECK(r->local_port == local);
	CHECK(r->pid == (uint32_t)getpid() && r->pid_source == SOURCE_CONNECT);
	CHECK(r->direction == DIRECTION_OUTBOUND && !(r->flags & RECORD_PARTIAL));
	CHECK(r->remote_address[0] == 127 && r->remote_address[3] == 1);
	id = r->id;
	sample(c, 5 * SECOND);
	CHECK(!sampled(IPPROTO_TCP, port)); /* nothing changed */
	close(s[0]);
	close(s[1]);
	r = await_closed(c, port);
	CHECK(r->id == id && r->bytes_out == 1000 && r->flags & RECORD_CLOSED);
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
	sample(c, 5 * SECOND);
	r = sampled(IPPROTO_TCP, port);
	CHECK(r && r->flags & RECORD_PARTIAL);
	CHECK(r->bytes_out == 70 && r->lifetime_bytes_out == 570);
	CHECK(r->pid == (uint32_t)getpid() && r->pid_source == SOURCE_FD);
	close(s[0]);
	close(s[1]);
	collector_close(c);
}

static void see_a_flow(struct collector *c)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int receiver = socket(AF_INET, SOCK_DGRAM, 0), sender = socket(AF_INET, SOCK_DGRAM, 0);
	const struct record *r;

	CHECK(collector_header(c)->udp_way != UDP_NONE);
	CHECK(!bind(receiver, (struct sockaddr *)&to, sizeof(to)));
	to.sin_port = htons(local_port(receiver));
	CHECK(sendto(sender, "12345", 5, 0, (struct sockaddr *)&to, sizeof(to)) == 5);
	sample(c, 5 * SECOND);
	r = sampled(IPPROTO_UDP, ntohs(to.sin_port));
	CHECK(r && r->bytes_out == 5 && r->packets_out == 1 && r->pid == (uint32_t)getpid());
	CHECK(!(r->flags & RECORD_CLOSED));
	do { /* in two steps: the flow is marked, and after a while it ends */
		sample(c, 0);
		r = sampled(IPPROTO_UDP, ntohs(to.sin_port));
	} while (!r);
	CHECK(r->flags & RECORD_CLOSED && r->bytes_out == 5);
	close(receiver);
	close(sender);
}

static void a_flow_ends_when_it_is_idle(void)
{
	struct collector *c = open_with(usual);

	see_a_flow(c);
	collector_close(c);
}

static void unmount_cgroup_v2(const struct mount *mount, void *unused)
{
	(void)unused;
	if (!strcmp(mount->type, "cgroup2"))
		CHECK(!umount2(mount->path, MNT_DETACH));
}

/*
 * Mounts cgroup v2 at a path with a blank, which mountinfo escapes, and nowhere else. In a mount
 * namespace of its own, so the machine's mounts stay as they are.
 */
static void cgroup_v2_is_found_at_a_path_with_a_blank(void)
{
	char directory[] = "/tmp/tcptop test XXXXXX";
	struct settings settings = usual;
	int status;
	pid_t child;

	CHECK(mkdtemp(directory));
	child = fork();
	CHECK(child >= 0);
	if (!child) {
		struct collector *c;

		CHECK(!unshare(CLONE_NEWNS));
		CHECK(!mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
		mounts_visit(unmount_cgroup_v2, NULL);
		CHECK(!mount("cgroup2", directory, "cgroup2", 0, NULL));
		settings.udp_way = UDP_CGROUP_SKB;
		c = open_with(settings);
		see_a_flow(c);
		collector_close(c);
		free(object);
		exit(0);
	}
	CHECK(waitpid(child, &status, 0) == child);
	CHECK(!rmdir(directory));
	CHECK(!status);
}

static void a_full_array_takes_further_passes(void)
{
	struct settings small = usual;
	struct collector *c;
	int s[20][2], found = 0;
	uint16_t ports[20];

	small.sample_records = 8;
	c = open_with(small);
	for (int i = 0; i < 20; i++)
		ports[i] = pair(s[i]);
	sample(c, 5 * SECOND);
	for (int i = 0; i < own.live_count; i++)
		for (int k = 0; k < 20; k++)
			found += own.live[i].remote_port == ports[k];
	CHECK(own.passes > 1 && found == 20); /* each once */
	for (int i = 0; i < 20; i++)
		close(s[i][0]), close(s[i][1]);
	collector_close(c);
}

/* The count of losses includes others' closes. Of the own closes, those that are lost are in it. */
static void a_full_ring_counts_what_it_loses(void)
{
	struct settings small = usual;
	struct collector *c;
	uint64_t came = 0, lost;

	small.ring_bytes = 4096; /* 24 records */
	c = open_with(small);
	for (int i = 0; i < 50; i++) {
		int s[2];

		pair(s);
		close(s[0]);
		close(s[1]);
	}
	do {
		sample(c, 5 * SECOND);
		came += own.closed_count;
		lost = collector_header(c)->lost_closes;
	} while (came + lost < 100);
	CHECK(came < 100);
	collector_close(c);
}

static void what_is_no_kernel_program_is_refused(void)
{
	struct failure failure;

	CHECK(!collector_open("no ELF file", 11, &usual, &failure));
	CHECK(failure.error && failure.operation[0] && failure.log[0]);
	collector_close(NULL);
}

/* A program that the collector does not know would never be attached. */
static void a_program_without_a_row_is_refused(void)
{
	static const char known[] = "tcptop_state_4", unknown[] = "tcptop_strange";
	struct failure failure;
	char *changed = malloc(object_bytes), *at = changed;

	_Static_assert(sizeof(unknown) == sizeof(known), "the name is replaced in place");
	memcpy(changed, object, object_bytes);
	while ((at = memmem(at, changed + object_bytes - at, known, sizeof(known))))
		memcpy(at, unknown, sizeof(unknown));
	CHECK(!collector_open(changed, object_bytes, &usual, &failure));
	CHECK(failure.error == EINVAL && strstr(failure.operation, unknown));
	free(changed);
}

static void out_of_patience(int signal)
{
	(void)signal;
	dprintf(STDERR_FILENO, "%s: it took longer than %d s\n", test_name, PATIENCE_SECONDS);
	_exit(1);
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
		{"cgroup_v2_is_found_at_a_path_with_a_blank",
		 cgroup_v2_is_found_at_a_path_with_a_blank},
		{"a_full_array_takes_further_passes", a_full_array_takes_further_passes},
		{"a_full_ring_counts_what_it_loses", a_full_ring_counts_what_it_loses},
		{"what_is_no_kernel_program_is_refused", what_is_no_kernel_program_is_refused},
		{"a_program_without_a_row_is_refused", a_program_without_a_row_is_refused},
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
	signal(SIGALRM, out_of_patience);
	for (size_t i = 0; i < count; i++) {
		test_name = tests[i].name;
		alarm(PATIENCE_SECONDS);
		tests[i].run();
	}
	free(object);
	printf("native: %zu passed, 0 failed\n", count);
	return 0;
}
