/* SPDX-License-Identifier: Apache-2.0 */
/* UDP flows between various peers, of which every figure is known. udp_workload CASE [WORD...] */
#include "udp_talk.h"

#include <sys/resource.h>

static void many_files(void)
{
	struct rlimit files;

	must(getrlimit(RLIMIT_NOFILE, &files), "getrlimit");
	files.rlim_cur = files.rlim_max;
	must(setrlimit(RLIMIT_NOFILE, &files), "setrlimit");
}

/* One socket of the server has count peers, each of which sends 1 to 5 datagrams. */
static void peers(int count)
{
	struct sockaddr_storage at = address("127.0.0.1", 0), from;
	int fd, all = 0;

	for (int i = 0; i < count; i++)
		all += 1 + i % 5;
	if (!split("client")) {
		struct sockaddr_storage to = next_address();

		many_files();
		for (int i = 0; i < count; i++) {
			int peer = bound(&at);

			connect_to(peer, &to);
			from = name_of(peer);
			for (int j = 0; j <= i % 5; j++) {
				send_plain(peer, &from, &to, i + j);
				receive_plain(peer, &from, &to);
			}
		}
		tell_ends();
		exit(0);
	}
	fd = bound(&at);
	post_address(name_of(fd));
	while (all-- > 0) {
		receive_plain(fd, &at, &from);
		send_plain(fd, &at, &from, all % 100);
	}
	tell_ends();
	join();
}

/* A client's socket connects to one server after another, back to the first, then to none. */
static void reconnect(void)
{
	struct sockaddr_storage any = address("127.0.0.1", 0), to[3], from;
	struct sockaddr none = {.sa_family = AF_UNSPEC};
	int servers[3];

	if (!split("client")) {
		int fd = bound(&any);

		from = name_of(fd);
		for (int i = 0; i < 3; i++)
			to[i] = next_address();
		for (int i = 0; i < 4; i++) {
			connect_to(fd, &to[i % 3]);
			send_plain(fd, &from, &to[i % 3], 100 + i);
			receive_plain(fd, &from, &to[i % 3]);
		}
		must(connect(fd, &none, sizeof(none)), "disconnect");
		bind_to(fd, &from); /* the kernel has cleared the address */
		for (int i = 0; i < 3; i++)
			send_plain(fd, &from, &to[i], 7);
		tell_ends();
		exit(0);
	}
	for (int i = 0; i < 3; i++) {
		servers[i] = bound(&any);
		post_address(name_of(servers[i]));
	}
	for (int i = 0; i < 4; i++) {
		receive_plain(servers[i % 3], &any, &from);
		send_plain(servers[i % 3], &any, &from, i);
	}
	for (int i = 0; i < 3; i++)
		receive_plain(servers[i], &any, &from);
	tell_ends();
	join();
}

/* A socket that sends to itself: one flow in both directions. */
static void itself(const char *to)
{
	struct sockaddr_storage at = address(to, 0), from;
	int fd = bound(&at);

	at = name_of(fd);
	for (int i = 0; i < 10; i++) {
		send_plain(fd, &at, &at, i);
		receive_plain(fd, &at, &from);
	}
	tell_ends();
}

/* Two flows between the same sockets, with a pause in which the first one ends. */
static void again(int pause_milliseconds)
{
	struct sockaddr_storage any = address("127.0.0.1", 0), from, to;
	int server = bound(&any), client = bound(&any);

	to = name_of(server);
	from = name_of(client);
	for (int i = 0; i < 2; i++) {
		if (i)
			nap(pause_milliseconds);
		send_plain(client, &from, &to, 10 + i);
		receive_plain(server, &to, &from);
		send_plain(server, &to, &from, 20 + i);
		receive_plain(client, &from, &to);
		tell_ends();
	}
}

/*
 * As servers of DTLS and QUIC do: each peer gets a socket of its own at its first datagram. A flow
 * belongs to a socket, so the first datagram is a flow of its own.
 */
static void dedicated(int count)
{
	struct sockaddr_storage any = address("127.0.0.1", 0), at, from, to;
	int fd;

	if (!split("client")) {
		to = next_address();
		for (int i = 0; i < count; i++) {
			fd = bound(&any);
			from = name_of(fd);
			for (int j = 0; j < 3; j++) {
				send_plain(fd, &from, &to, 100 + i);
				receive_plain(fd, &from, &to);
			}
		}
		tell_ends();
		exit(0);
	}
	fd = udp(AF_INET);
	set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	bind_to(fd, &any);
	at = name_of(fd);
	post_address(at);
	for (int i = 0; i < count; i++) {
		int own = udp(AF_INET);

		set(own, SOL_SOCKET, SO_REUSEADDR, 1);
		receive_plain(fd, &at, &from);
		tell_ends();
		bind_to(own, &at);
		connect_to(own, &from);
		send_plain(own, &at, &from, 10);
		for (int j = 0; j < 2; j++) {
			receive_plain(own, &at, &from);
			send_plain(own, &at, &from, 20);
		}
		tell_ends();
	}
	join();
}

/* A socket stays in its network namespace when its process enters another. */
static void moved(const char *netns)
{
	struct sockaddr_storage any = address("127.0.0.1", 0), at, from;
	int fd = bound(&any), other = bound(&any);
	char first[64];

	snprintf(first, sizeof(first), "netns=%lu", netns_inode());
	enter(netns);
	at = name_of(fd);
	from = name_of(other);
	send_plain(fd, &at, &from, 10);
	receive_plain(other, &from, &at);
	send_plain(other, &from, &at, 20);
	receive_plain(fd, &at, &from);
	for (int i = 0; i < end_count; i++)
		tell_end(&ends[i], first);
}

/* The same addresses and ports in two network namespaces at once, with different figures. */
static void twins(const char *netns)
{
	char to[] = "to=127.0.0.1", ports[] = "ports=4000", small[] = "largest=10";
	char *here[] = {to, ports}, *there[] = {to, ports, small};
	struct talk t;

	if (!split("twin")) {
		enter(netns);
		must(pipe(post), "pipe");
		t = talk_of(NULL, 3, there);
		talk(&t);
		exit(0);
	}
	t = talk_of(NULL, 2, here);
	talk(&t);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	begin_workload("server");
	if (!strcmp(what, "talk")) {
		struct talk t = talk_of(NULL, argc - 2, argv + 2);

		talk(&t);
	} else if (!strcmp(what, "peers") && argc == 3) {
		many_files();
		peers(atoi(argv[2]));
	} else if (!strcmp(what, "reconnect")) {
		reconnect();
	} else if (!strcmp(what, "self") && argc == 3) {
		itself(argv[2]);
	} else if (!strcmp(what, "again") && argc == 3) {
		again(atoi(argv[2]));
	} else if (!strcmp(what, "dedicated") && argc == 3) {
		dedicated(atoi(argv[2]));
	} else if (!strcmp(what, "moved") && argc == 3) {
		moved(argv[2]);
	} else if (!strcmp(what, "twins") && argc == 3) {
		twins(argv[2]);
	} else {
		fprintf(stderr,
			"usage: udp_workload talk WORD... | peers COUNT | reconnect | "
			"self ADDRESS | again MILLISECONDS | dedicated COUNT | moved NETNS | "
			"twins NETNS\n");
		return 2;
	}
	return 0;
}
