/* SPDX-License-Identifier: Apache-2.0 */
/* TCP connections that are broken off, and odd ones. tcp_abort_workload CASE COUNT */
#include "end.h"
#include "mark.h"

#define CONNECTIONS_MAX 4096
#define SERVER_PORT 9000
#define FIRST_PORT 10000

static int all; /* COUNT */
static int fds[CONNECTIONS_MAX];
static struct end ends[CONNECTIONS_MAX];

/* Waits until the other process calls this too. */
static void meet(int channel)
{
	char byte = 0;

	must(write(channel, &byte, 1), "write");
	must(read(channel, &byte, 1), "read");
}

static void await_acknowledgements(void)
{
	for (int i = 0; i < all; i++)
		while (info_of(fds[i]).tcpi_unacked)
			usleep(100);
}

/*
 * Connects this process with a worker, which accepts. Over each connection go 10 bytes, and 20
 * back. Returns in both processes, 0 in the worker.
 */
static pid_t connected(int *channel)
{
	struct sockaddr_storage at = address("127.0.0.1", SERVER_PORT);
	int listener = listen_at(&at, 0), both[2];
	char bytes[20] = {};
	pid_t worker;

	must(socketpair(AF_UNIX, SOCK_STREAM, 0, both), "socketpair");
	worker = spawn("worker-%d", 0);
	*channel = both[!worker];
	for (int i = 0; i < all; i++) {
		if (!worker) {
			fds[i] = accept_next(listener);
			ends[i] = inbound(fds[i]);
			receive_all(fds[i], bytes, 10);
			send_all(fds[i], bytes, 20);
			ends[i].in = 10, ends[i].out = 20;
		} else {
			fds[i] = stream_socket(AF_INET);
			must(connect_to(fds[i], &at), "connect");
			ends[i] = outbound(fds[i]);
			send_all(fds[i], bytes, 10);
			receive_all(fds[i], bytes, 20);
			ends[i].out = 10, ends[i].in = 20;
		}
	}
	await_acknowledgements();
	meet(*channel);
	return worker;
}

/* Waits for the end of a connection, which must have this error; 0: any error. */
static void broken(int i, int error, const char *reason)
{
	char byte;

	if (recv(fds[i], &byte, 1, 0) >= 0 || (error && errno != error))
		die("ended otherwise");
	count(&ends[i], fds[i]);
	ends[i].reason = reason;
	tell_end(&ends[i]);
	close(fds[i]);
}

static void all_broken(pid_t worker, int error, const char *reason)
{
	for (int i = 0; i < all; i++)
		broken(i, error, reason);
	if (!worker)
		exit(0);
	await_child(worker, 0);
}

/* ss -K destroys one end of each connection, and must not become the owner. */
static void destroyed(const char *command)
{
	int channel;
	pid_t worker = connected(&channel);

	if (worker && system(command))
		die(command);
	all_broken(worker, 0, "reset");
}

static void client_destroyed(void)
{
	destroyed("ss -K -t state established '( dport = :9000 )' > /dev/null");
}

static void server_destroyed(void)
{
	destroyed("ss -K -t state established '( sport = :9000 )' > /dev/null");
}

/* Both ends send packets that are dropped, and give up. */
static void timed_out(void)
{
	static char bytes[1000];
	int channel;
	pid_t worker = connected(&channel);
	int n = worker ? 1000 : 500;

	for (int i = 0; i < all; i++) {
		mark(fds[i], MARK_DROP);
		set_option(fds[i], IPPROTO_TCP, TCP_USER_TIMEOUT, 1000);
	}
	for (int i = 0; i < all; i++) {
		send_all(fds[i], bytes, n);
		ends[i].out += n;
	}
	all_broken(worker, ETIMEDOUT, "timeout");
}

/* Reset before the worker accepts: the worker accepts connections that have ended already. */
static void reset_before_accept(void)
{
	struct sockaddr_storage at = address("127.0.0.1", SERVER_PORT);
	int listener = listen_at(&at, 0), ready[2];
	char bytes[10] = {};
	pid_t worker;

	must(pipe(ready), "pipe");
	worker = spawn("worker-%d", 0);
	for (int i = 0; i < all; i++) {
		struct sockaddr_storage from = address("127.0.0.1", FIRST_PORT + i);

		if (!worker) {
			must(read(ready[0], bytes, 1), "read");
			fds[i] = accept_next(listener);
			ends[i] = (struct end){at, from, 0, 10, "inbound", "accept"};
			receive_all(fds[i], bytes, 10);
			broken(i, ECONNRESET, "reset");
			continue;
		}
		fds[i] = stream_socket(AF_INET);
		bind_to(fds[i], &from);
		must(connect_to(fds[i], &at), "connect");
		send_all(fds[i], bytes, 10);
		ends[i] = (struct end){from, at, 10, 0, "outbound", "connect", "reset"};
		tell_end(&ends[i]);
		reset(fds[i]);
		must(write(ready[1], bytes, 1), "write");
	}
	if (!worker)
		exit(0);
	await_child(worker, 0);
}

/* No process accepts; the listener's process closes the listener. */
static void never_accepted(void)
{
	struct sockaddr_storage at = address("127.0.0.1", SERVER_PORT);
	int listener = listen_at(&at, 0), ready[2];
	char bytes[10] = {};
	pid_t client;

	must(pipe(ready), "pipe");
	client = spawn("client-%d", 0);
	for (int i = 0; i < all; i++) {
		struct sockaddr_storage from = address("127.0.0.1", FIRST_PORT + i);

		if (client) {
			ends[i] = (struct end){at, from, 0, 10, "inbound", "listener", "reset"};
			tell_end(&ends[i]);
			continue;
		}
		fds[i] = stream_socket(AF_INET);
		bind_to(fds[i], &from);
		must(connect_to(fds[i], &at), "connect");
		send_all(fds[i], bytes, 10);
		ends[i] = (struct end){from, at, 10, 0, "outbound", "connect"};
	}
	if (!client) {
		close(listener); /* its own copy */
		await_acknowledgements();
		must(write(ready[1], bytes, 1), "write");
		for (int i = 0; i < all; i++)
			broken(i, ECONNRESET, "reset");
		exit(0);
	}
	must(read(ready[0], bytes, 1), "read");
	close(listener);
	await_child(client, 0);
}

/* A socket that connects to itself is both ends of one connection, shown once. */
static void self(void)
{
	char bytes[100] = {};

	for (int i = 0; i < all; i++) {
		struct sockaddr_storage at = address("127.0.0.1", FIRST_PORT + i);

		fds[i] = stream_socket(AF_INET);
		bind_to(fds[i], &at);
		must(connect_to(fds[i], &at), "connect");
		ends[i] = outbound(fds[i]);
		send_all(fds[i], bytes, 100);
		receive_all(fds[i], bytes, 100);
		ends[i].in = ends[i].out = 100;
		must(shutdown(fds[i], SHUT_WR), "shutdown");
	}
	for (int i = 0; i < all; i++) {
		count(&ends[i], fds[i]);
		tell_end(&ends[i]);
		close(fds[i]);
	}
}

static const struct {
	const char *name;
	void (*run)(void);
} cases[] = {
	{"client-destroyed", client_destroyed},
	{"server-destroyed", server_destroyed},
	{"timed-out", timed_out},
	{"reset-before-accept", reset_before_accept},
	{"never-accepted", never_accepted},
	{"self", self},
};

int main(int argc, char **argv)
{
	bounded();
	for (size_t i = 0; argc == 3 && i < sizeof(cases) / sizeof(*cases); i++) {
		if (!strcmp(cases[i].name, argv[1])) {
			all = atoi(argv[2]);
			cases[i].run();
			return 0;
		}
	}
	fprintf(stderr, "usage: tcp_abort_workload CASE COUNT\n");
	return 2;
}
