/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One TCP connection that carries much, by each way of sending, or over a link that delays or loses
 * packets. BYTES go to the server, then an eighth of that comes back. tcp_bulk_workload CASE BYTES
 */
#include "end.h"
#include "mark.h"
#include "relay.h"

#include <linux/errqueue.h>
#include <sys/mman.h>
#include <sys/sendfile.h>

#define CHUNK (1 << 20)
#define SERVER_PORT 9000
#define CLIENT_PORT 10000

static size_t smaller(uint64_t a, size_t b)
{
	return a < b ? a : b;
}

static void by_write(int fd, uint64_t bytes)
{
	static char chunk[CHUNK];

	for (long n; bytes; bytes -= n)
		n = must(write(fd, chunk, smaller(bytes, CHUNK)), "write");
}

static void by_sendfile(int fd, uint64_t bytes)
{
	int file = must(memfd_create("bulk", MFD_CLOEXEC), "memfd_create");

	must(ftruncate(file, CHUNK), "ftruncate");
	for (long n; bytes; bytes -= n) {
		off_t at = 0;

		n = must(sendfile(fd, file, &at, smaller(bytes, CHUNK)), "sendfile");
	}
	close(file);
}

static void by_splice(int fd, uint64_t bytes)
{
	static char chunk[1 << 16]; /* what a pipe holds */
	int pipes[2];

	must(pipe2(pipes, O_CLOEXEC), "pipe");
	while (bytes) {
		long n = must(write(pipes[1], chunk, smaller(bytes, sizeof(chunk))), "write"), out;

		for (bytes -= n; n; n -= out)
			out = must(splice(pipes[0], NULL, fd, NULL, n, SPLICE_F_MORE), "splice");
	}
	close(pipes[0]);
	close(pipes[1]);
}

/* Takes the kernel's notices that it has finished with pages. */
static void drain_notices(int fd)
{
	char control[128];
	struct msghdr message = {.msg_control = control, .msg_controllen = sizeof(control)};

	while (recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0)
		message.msg_controllen = sizeof(control);
}

static void by_zerocopy(int fd, uint64_t bytes)
{
	static char chunk[CHUNK];
	long n;

	set_option(fd, SOL_SOCKET, SO_ZEROCOPY, 1);
	while (bytes) {
		n = send(fd, chunk, smaller(bytes, CHUNK), MSG_ZEROCOPY);
		if (n < 0 && errno != ENOBUFS)
			die("send");
		if (n > 0)
			bytes -= n;
		drain_notices(fd);
	}
}

static const struct bulk {
	const char *name;
	void (*send)(int fd, uint64_t bytes);
	const char *server, *client, *to;
	enum mark mark;
	int segment; /* bytes at most; 0: what the link allows */
	int min_rtt; /* microseconds that the link imposes */
} cases[] = {
	{"write", by_write, "127.0.0.1", "127.0.0.1", "127.0.0.1"},
	{"sendfile", by_sendfile, "127.0.0.1", "127.0.0.1", "127.0.0.1"},
	{"splice", by_splice, "127.0.0.1", "127.0.0.1", "127.0.0.1"},
	{"zerocopy", by_zerocopy, "::1", "::1", "::1"},
	{"lossy", by_write, "127.0.0.1", "127.0.0.1", "127.0.0.1", MARK_LOSE_SOME, 1000},
	{"lossy-sendfile", by_sendfile, "::1", "::1", "::1", MARK_LOSE_SOME, 1000},
	{"lossy-at-sender", by_write, "127.0.0.1", "127.0.0.1", "127.0.0.1",
	 MARK_LOSE_SOME_AT_SENDER, 1000},
	{"relayed", by_write, "10.7.0.1", "10.7.0.1", "10.7.0.2", 0, 0, 2 * DELAY_MICROS},
	{"netem", by_write, "127.0.0.1", "127.0.0.1", "127.0.0.1", 0, 0, 2 * DELAY_MICROS},
};

static void receive(int fd, uint64_t bytes)
{
	for (long n; bytes; bytes -= n) {
		n = must(recv(fd, NULL, smaller(bytes, CHUNK), MSG_TRUNC),
			 "recv"); /* discards the bytes */
		if (!n)
			die("the connection ended early");
	}
}

static void end(const struct bulk *c, int fd, struct end *e)
{
	char byte, further[64] = "";

	must(shutdown(fd, SHUT_WR), "shutdown");
	if (must(recv(fd, &byte, 1, 0), "recv"))
		die("more than was sent");
	count(e, fd);
	if (c->mark == MARK_LOSE_SOME && e->out > e->in && !e->info.tcpi_total_retrans)
		die("nothing was lost");
	/*
	 * The smoothed round-trip time may rise with the machine's load; the smallest one is near
	 * the link's.
	 */
	if (c->min_rtt)
		snprintf(further, sizeof(further), " minRttMicros=%d..%d", c->min_rtt,
			 c->min_rtt * 3 / 2);
	if (c->min_rtt && (int)e->info.tcpi_rtt < c->min_rtt)
		die("the link does not delay");
	tell_end_as(e, further);
	close(fd);
}

static void run(const struct bulk *c, uint64_t bytes)
{
	struct sockaddr_storage at = address(c->server, SERVER_PORT);
	struct sockaddr_storage from = address(c->client, CLIENT_PORT);
	struct sockaddr_storage to = address(c->to, SERVER_PORT);
	uint64_t back = bytes / 8 + 1;
	int listener = stream_socket(at.ss_family), fd;
	pid_t worker;
	struct end e;

	if (!strcmp(c->name, "relayed"))
		start_relay();
	if (c->segment)
		set_option(listener, IPPROTO_TCP, TCP_MAXSEG, c->segment);
	bind_to(listener, &at);
	must(listen(listener, 8), "listen");
	worker = spawn("worker-%d", 0);
	if (!worker) {
		fd = accept_next(listener);
		e = inbound(fd);
		mark(fd, c->mark);
		receive(fd, bytes);
		c->send(fd, back);
		e.in = bytes, e.out = back;
		end(c, fd, &e);
		exit(0);
	}
	fd = stream_socket(to.ss_family);
	bind_to(fd, &from);
	must(connect_to(fd, &to), "connect");
	mark(fd, c->mark);
	e = outbound(fd);
	c->send(fd, bytes);
	receive(fd, back);
	e.out = bytes, e.in = back;
	end(c, fd, &e);
	await_child(worker, 0);
}

int main(int argc, char **argv)
{
	bounded();
	for (size_t i = 0; argc == 3 && i < sizeof(cases) / sizeof(*cases); i++) {
		if (!strcmp(cases[i].name, argv[1])) {
			run(&cases[i], strtoull(argv[2], NULL, 10));
			return 0;
		}
	}
	fprintf(stderr, "usage: tcp_bulk_workload CASE BYTES\n");
	return 2;
}
