/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Datagrams that do not leave or do not arrive, of which every figure is known.
 * udp_edge_workload CASE [WORD...]
 */
#include "process.h"
#include "udp_receive.h"
#include "udp_send.h"

#include <linux/sock_diag.h>

static struct sockaddr_storage loopback;

static void fails_to_send(int fd, const struct sockaddr_storage *to, int bytes, int error)
{
	if (put(fd, to, bytes, 0) >= 0 || errno != error)
		die("a send ended in another way");
}

/* Sends that fail among sends that succeed: tcptop must not count the failed ones. */
static void failing(void)
{
	struct sockaddr_storage any = loopback, from, to, nowhere = address("192.0.2.1", 9),
				broadcast = address("255.255.255.255", 9);
	int server = bound(&any), fd = bound(&any);

	to = name_of(server);
	from = name_of(fd);
	set(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
	for (int i = 0; i < 5; i++) {
		send_plain(fd, &from, &to, 1000 + i);
		fails_to_send(fd, &to, LARGEST + 1, EMSGSIZE);
		fails_to_send(fd, &to, 2000, EMSGSIZE); /* the link takes 1,500 */
		fails_to_send(fd, &broadcast, 10, EACCES);
		fails_to_send(fd, &nowhere, 10, ENETUNREACH);
		receive_plain(server, &to, &from);
		send_plain(server, &to, &from, 1);
		receive_plain(fd, &from, &to);
	}
	put_all(fd, &to, 700, MSG_MORE); /* a datagram that is never finished */
	close(fd);
	tell_ends();
}

/* A firewall refuses datagrams to port 9: the send fails. */
static void forbidden(void)
{
	struct sockaddr_storage any = loopback, from, to, port9 = address("127.0.0.1", 9);
	int server = bound(&any), fd = bound(&any);

	to = name_of(server);
	from = name_of(fd);
	for (int i = 0; i < 5; i++) {
		send_plain(fd, &from, &to, 10);
		fails_to_send(fd, &port9, 10, EPERM);
		receive_plain(server, &to, &from);
	}
	send_plain(server, &to, &from, 1);
	receive_plain(fd, &from, &to);
	tell_ends();
}

/* The datagrams reach no socket: only the sender has a flow. */
static void unheard(const char *where, int port)
{
	struct sockaddr_storage to = address(where, port), from;
	struct sockaddr_storage any = address(to.ss_family == AF_INET ? "0.0.0.0" : "::", 0);
	int fd = bound(&any);

	from = source_of(fd, &to);
	for (int i = 0; i < 5; i++)
		send_plain(fd, &from, &to, 10 + i);
	tell_ends();
}

/* No socket listens; a connected sender learns that by a later send, which fails. */
static void refused(const char *where)
{
	struct sockaddr_storage to = address(where, 9), from;
	int fd = udp(to.ss_family), refusals = 0;

	connect_to(fd, &to);
	from = name_of(fd);
	for (int i = 0; i < 10; i++) {
		if (put(fd, &to, 10, 0) == 10)
			sent(&from, &to, 10, 1);
		else if (errno == ECONNREFUSED)
			refusals++;
		else
			die("send");
	}
	if (!refusals)
		die("nobody refused");
	tell_ends();
}

/* A connected socket takes no datagram from another peer: such a datagram reaches no socket. */
static void stranger(void)
{
	struct sockaddr_storage any = loopback, at, from, to;
	int server = bound(&any), friend = bound(&any), fd = bound(&any);

	to = name_of(server);
	at = name_of(friend);
	connect_to(server, &at);
	send_plain(friend, &at, &to, 50);
	receive_plain(server, &to, &at);
	send_plain(server, &to, &at, 60);
	receive_plain(friend, &at, &to);
	from = name_of(fd);
	send_plain(fd, &from, &to, 70);
	tell_ends();
}

/* How many datagrams the socket's full queue has refused, as the kernel counts them. */
static uint32_t refused_by_queue(int fd)
{
	uint32_t figures[SK_MEMINFO_VARS];
	socklen_t size = sizeof(figures);

	must(getsockopt(fd, SOL_SOCKET, SO_MEMINFO, figures, &size), "SO_MEMINFO");
	return figures[SK_MEMINFO_DROPS];
}

/* A small queue: each datagram has reached the socket, also one that the full queue refuses. */
static void full(int count)
{
	struct sockaddr_storage any = loopback, at, from, to;
	int fd = bound(&any), taken = 0;

	set(fd, SOL_SOCKET, SO_RCVBUF, 1); /* the kernel raises it to its minimum */
	post_address(name_of(fd));
	if (!split("client")) {
		close(fd);
		fd = bound(&any);
		to = next_address();
		from = name_of(fd);
		for (int i = 0; i < count; i++)
			send_plain(fd, &from, &to, 1000);
		tell_ends();
		exit(0);
	}
	join();
	while (recv(fd, payload, sizeof(payload), MSG_DONTWAIT | MSG_PEEK) >= 0) {
		receive_plain(fd, &at, &from);
		taken++;
	}
	if (!taken || taken == count || taken + refused_by_queue(fd) != (uint32_t)count)
		die("the queue has another count");
	reached(&at, &from, 1000l * refused_by_queue(fd), refused_by_queue(fd));
	tell_receiver();
}

/* No process reads the datagrams: a datagram counts when it reaches the socket. */
static void unread(void)
{
	struct sockaddr_storage any = loopback, from, to;
	int fd = bound(&any);

	post_address(name_of(fd));
	to = name_of(fd);
	if (!split("client")) {
		close(fd);
		fd = bound(&any);
		to = next_address();
		from = name_of(fd);
		post_address(from);
		for (int i = 0; i < 9; i++)
			send_plain(fd, &from, &to, 100);
		tell_ends();
		exit(0);
	}
	join();
	from = next_address();
	reached(&to, &from, 900, 9);
	tell_receiver();
}

/*
 * Raw sockets, as a sniffer and traceroute have them, get copies of what UDP sockets receive, and
 * of what reaches a port without a socket.
 */
static void sniffed(void)
{
	struct sockaddr_storage any = loopback, at, from, to, nobody = address("127.0.0.1", 9);
	int server = bound(&any), fd = bound(&any), ready[2];
	char byte;

	must(pipe(ready), "pipe");
	to = name_of(server);
	from = name_of(fd);
	if (!split("sniffer")) {
		must(socket(AF_INET, SOCK_RAW, IPPROTO_UDP), "socket");
		must(socket(AF_INET, SOCK_RAW, IPPROTO_RAW), "socket");
		must(socket(AF_INET6, SOCK_RAW, IPPROTO_UDP), "socket");
		must(socket(AF_INET6, SOCK_RAW, IPPROTO_RAW), "socket");
		close(server);
		close(fd);
		must(write(ready[1], "", 1), "write");
		pause();
	}
	must(read(ready[0], &byte, 1), "read");
	for (int i = 0; i < 10; i++) {
		send_plain(fd, &from, &to, 100);
		receive_plain(server, &at, &from);
	}
	send_plain(fd, &from, &nobody, 100);
	tell_receiver();
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	begin_workload("server");
	loopback = address("127.0.0.1", 0);
	if (!strcmp(what, "failing"))
		failing();
	else if (!strcmp(what, "forbidden"))
		forbidden();
	else if (!strcmp(what, "unheard") && argc == 4)
		unheard(argv[2], atoi(argv[3]));
	else if (!strcmp(what, "refused") && argc == 3)
		refused(argv[2]);
	else if (!strcmp(what, "stranger"))
		stranger();
	else if (!strcmp(what, "full") && argc == 3)
		full(atoi(argv[2]));
	else if (!strcmp(what, "sniffed"))
		sniffed();
	else if (!strcmp(what, "unread"))
		unread();
	else
		return 2;
	return 0;
}
