/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TCP Fast Open: the request comes with the SYN, over a link of 20 ms, so that the server can
 * accept and answer a connection before the handshake ends. tcp_fastopen_workload CASE COUNT
 */
#include "end.h"
#include "relay.h"

#define CONNECTIONS_MAX 1024
#define SERVER_PORT 9000
#define CLIENT_PORT 10000
#define REQUEST 700
#define ANSWER 900

enum fastopen_case {
	ANSWERED,
	STALE, /* the server has a new key, so the cookie is void: the request is sent again */
	SERVER_FIRST, /* the server closes before the handshake ends */
	UNREAD,	      /* the same, without having read the request: by RST */
	CASES
};

static const char *const names[CASES] = {"answered", "stale", "server-first", "unread"};

static void new_key(const char *key)
{
	int fd = must(open("/proc/sys/net/ipv4/tcp_fastopen_key", O_WRONLY), "tcp_fastopen_key");

	must(write(fd, key, strlen(key)), "write");
	close(fd);
}

static void serve(int listener, enum fastopen_case which, int all)
{
	static int fds[CONNECTIONS_MAX];
	static struct end ends[CONNECTIONS_MAX];
	char bytes[1000] = {};

	for (int i = 0; i < all; i++) {
		int fd = fds[i] = accept_next(listener);
		struct end *e = &ends[i];

		*e = inbound(fd);
		e->in = REQUEST;
		if (which == SERVER_FIRST || which == UNREAD) {
			if (info_of(fd).tcpi_state != 3) /* SYN_RECV */
				die("not accepted within the handshake");
			e->reason = which == UNREAD ? "reset" : "normal";
			if (which == SERVER_FIRST)
				receive_all(fd, bytes, REQUEST);
			tell_end(e);
			close(fd);
			continue;
		}
		receive_all(fd, bytes, REQUEST);
		send_all(fd, bytes, ANSWER);
		e->out = ANSWER;
	}
	if (which == SERVER_FIRST || which == UNREAD)
		exit(0);
	for (int i = 0; i < all; i++) {
		if (must(recv(fds[i], bytes, 1, 0), "recv"))
			die("more than the request");
		must(shutdown(fds[i], SHUT_WR), "shutdown");
	}
	for (int i = 0; i < all; i++) {
		count(&ends[i], fds[i]);
		tell_end(&ends[i]);
		close(fds[i]);
	}
	exit(0);
}

/* flags: MSG_DONTWAIT returns before the handshake ends, provided that there is a cookie. */
static int fast_open(const struct sockaddr_storage *to, struct end *e, int port, int flags)
{
	struct sockaddr_storage from = address("10.7.0.1", port);
	char bytes[REQUEST] = {};
	int fd = stream_socket(AF_INET);

	bind_to(fd, &from);
	if (must(sendto(fd, bytes, REQUEST, MSG_FASTOPEN | flags, (const struct sockaddr *)to,
			address_size(to)),
		 "MSG_FASTOPEN") != REQUEST)
		die("sent less");
	*e = (struct end){from, *to, REQUEST, 0, "outbound", "connect", "normal"};
	return fd;
}

static void ask(const struct sockaddr_storage *to, enum fastopen_case which, int all)
{
	static int fds[CONNECTIONS_MAX];
	static struct end ends[CONNECTIONS_MAX];
	char bytes[1000];

	for (int i = 0; i < all; i++)
		fds[i] = fast_open(to, &ends[i], CLIENT_PORT + i, MSG_DONTWAIT);
	for (int i = 0; i < all; i++) {
		if (which == UNREAD) {
			if (recv(fds[i], bytes, 1, 0) >= 0 || errno != ECONNRESET)
				die("not reset");
			ends[i].reason = "reset";
			continue;
		}
		if (which != SERVER_FIRST) {
			receive_all(fds[i], bytes, ANSWER);
			ends[i].in = ANSWER;
			if (!(info_of(fds[i]).tcpi_options & TCPI_OPT_SYN_DATA) ==
			    (which == ANSWERED))
				die("the SYN's data were (not) taken");
			must(shutdown(fds[i], SHUT_WR), "shutdown");
		}
	}
	for (int i = 0; which != UNREAD && i < all; i++) {
		if (must(recv(fds[i], bytes, 1, 0), "recv"))
			die("more than the answer");
		if (which == SERVER_FIRST)
			must(shutdown(fds[i], SHUT_WR), "shutdown");
	}
	for (int i = 0; i < all; i++) {
		count(&ends[i], fds[i]);
		tell_end(&ends[i]);
		close(fds[i]);
	}
}

/* Fetches the cookie by a first connection, whose SYN carries no request. */
static void fetch_cookie(int listener, const struct sockaddr_storage *to)
{
	char bytes[REQUEST];
	struct end client, server;
	int out = fast_open(to, &client, CLIENT_PORT - 1, 0), in = accept_next(listener);

	server = inbound(in);
	receive_all(in, bytes, REQUEST);
	server.in = REQUEST;
	must(shutdown(out, SHUT_WR), "shutdown");
	must(recv(in, bytes, 1, 0), "recv");
	must(shutdown(in, SHUT_WR), "shutdown");
	count(&client, out);
	count(&server, in);
	tell_end(&client);
	tell_end(&server);
	close(in);
	close(out);
}

static void run(enum fastopen_case which, int all)
{
	struct sockaddr_storage at = address("10.7.0.1", SERVER_PORT);
	struct sockaddr_storage to = address("10.7.0.2", SERVER_PORT);
	int listener;
	pid_t worker;

	start_relay();
	new_key("00000001-00000002-00000003-00000004");
	listener = listen_at(&at, 0);
	set_option(listener, IPPROTO_TCP, TCP_FASTOPEN, CONNECTIONS_MAX);
	fetch_cookie(listener, &to);
	if (which == STALE)
		new_key("00000005-00000006-00000007-00000008");
	worker = spawn("worker-%d", 0);
	if (!worker)
		serve(listener, which, all);
	ask(&to, which, all);
	await_child(worker, 0);
}

int main(int argc, char **argv)
{
	bounded();
	for (int i = 0; argc == 3 && i < CASES; i++) {
		if (!strcmp(names[i], argv[1])) {
			run(i, atoi(argv[2]));
			return 0;
		}
	}
	fprintf(stderr, "usage: tcp_fastopen_workload CASE COUNT\n");
	return 2;
}
