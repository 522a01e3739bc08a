/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flows of processes that come and go, of which every figure is known. udp_life_workload CASE
 */
#include "process.h"
#include "udp_receive.h"
#include "udp_send.h"

static struct sockaddr_storage loopback;

/* Processes that send one datagram and end immediately, without close() or an answer. */
static void short_lived(int count)
{
	struct sockaddr_storage at, from, to;
	int fd;

	fd = bound(&loopback);
	to = name_of(fd);
	for (int i = 0; i < count; i++) {
		if (split("brief"))
			continue;
		close(fd);
		fd = bound(&loopback);
		from = name_of(fd);
		send_plain(fd, &from, &to, i);
		tell_ends();
		_exit(0);
	}
	for (int i = 0; i < count; i++)
		receive_plain(fd, &at, &from);
	join();
	nap(LONG_ENOUGH);
	tell_ends();
}

/* Both processes end with their sockets open: the flow lives until it is idle. */
static void exits(void)
{
	struct sockaddr_storage at, from, to;
	int fd;

	if (!split("client")) {
		fd = bound(&loopback);
		to = next_address();
		from = name_of(fd);
		connect_to(fd, &to);
		send_plain(fd, &from, &to, 100);
		receive_plain(fd, &from, &to);
		tell_ends();
		_exit(0);
	}
	if (!split("serving")) {
		fd = bound(&loopback);
		post_address(name_of(fd));
		receive_plain(fd, &at, &from);
		send_plain(fd, &at, &from, 200);
		tell_ends();
		_exit(0);
	}
	join();
}

/* A receiver that never sends, and ends before a search can find its descriptor. */
static void gone(void)
{
	struct sockaddr_storage at, from, to;
	int fd;

	if (!split("receiver")) {
		fd = bound(&loopback);
		post_address(name_of(fd));
		for (int i = 0; i < 3; i++)
			receive_plain(fd, &at, &from);
		tell_ends();
		_exit(0);
	}
	to = next_address();
	fd = bound(&loopback);
	from = name_of(fd);
	for (int i = 0; i < 3; i++)
		send_plain(fd, &from, &to, 10);
	join();
	tell_ends();
}

/*
 * Sockets, and a flow on them, that are older than the collector: the collector starts when this
 * process writes to the file, and then the test removes the file. The kernel knows no beginning of
 * a flow: it counts from the first datagram that is seen, and is not partial.
 */
static void older(const char *gate)
{
	struct sockaddr_storage any = loopback, at, from, to;
	int answering = bound(&any), silent = bound(&any), fd;
	int file;

	to = name_of(answering);
	at = name_of(silent);
	post_address(to);
	post_address(at);
	if (!split("client")) {
		close(answering);
		close(silent);
		fd = bound(&any);
		from = name_of(fd);
		to = next_address();
		at = next_address();
		put_all(fd, &to, 1000, 0);
		file = must(open(gate, O_WRONLY), gate);
		must(write(file, "ready\n", 6), "write");
		close(file);
		while (!access(gate, F_OK))
			nap(10);
		for (int i = 0; i < 5; i++) {
			send_plain(fd, &from, &to, 10);
			send_plain(fd, &from, &at, 20);
		}
		receive_plain(fd, &from, &to);
		tell_ends();
		exit(0);
	}
	must(recv(answering, payload, sizeof(payload), 0), "recv");
	for (int i = 0; i < 5; i++) {
		receive_plain(answering, &to, &from);
		receive_plain(silent, &at, &from);
	}
	send_plain(answering, &to, &from, 7);
	tell_ends();
	join();
	nap(LONG_ENOUGH);
}

#define NOBODY 65534

/* Two processes of two users receive on one port, one after the other, from one client. */
static void restarted(void)
{
	struct sockaddr_storage at = loopback, from, to;
	int client = bound(&loopback);

	from = name_of(client);
	for (int life = 0; life < 2; life++) {
		int datagrams = life ? 7 : 5;
		pid_t server = split("server");

		if (!server) {
			close(client);
			if (life)
				must(setuid(NOBODY), "setuid");
			int fd = bound(&at);

			post_address(name_of(fd));
			for (int i = 0; i < datagrams; i++)
				receive_plain(fd, &to, &from);
			tell_receiver();
			exit(0);
		}
		at = next_address();
		for (int i = 0; i < datagrams; i++)
			send_plain(client, &from, &at, 100);
		must(waitpid(server, NULL, 0), "waitpid");
	}
	tell_ends();
}

/* Two processes of two users send from one port, one after the other, to one server. */
static void users(void)
{
	struct sockaddr_storage from = loopback, to, at;
	int server = bound(&loopback);

	to = name_of(server);
	for (int life = 0; life < 2; life++) {
		int datagrams = life ? 7 : 5;
		pid_t client = split("client");

		if (!client) {
			close(server);
			if (life)
				must(setuid(NOBODY), "setuid");
			int fd = bound(&from);

			from = name_of(fd);
			post_address(from);
			for (int i = 0; i < datagrams; i++)
				send_plain(fd, &from, &to, 100);
			tell_ends();
			exit(0);
		}
		from = next_address();
		must(waitpid(client, NULL, 0), "waitpid");
		for (int i = 0; i < datagrams; i++)
			receive_plain(server, &at, &from);
	}
	tell_receiver();
}

/* Network namespaces that are made one after the other: the kernel gives them one inode number. */
static void namespaces(void)
{
	struct sockaddr_storage at = address("127.0.0.1", 7171), from = address("127.0.0.1", 7172);

	for (int life = 0; life < 3; life++) {
		if (!split("life")) {
			must(unshare(CLONE_NEWNET), "unshare");
			must(system("ip link set lo up"), "ip");
			int server = bound(&at), client = bound(&from);

			for (int i = 0; i < (life ? 20 : 10); i++) {
				send_plain(client, &from, &at, 10);
				receive_plain(server, &at, &from);
			}
			tell_receiver();
			exit(0);
		}
		join();
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	begin_workload("server");
	loopback = address("127.0.0.1", 0);
	if (!strcmp(what, "brief") && argc == 3)
		short_lived(atoi(argv[2]));
	else if (!strcmp(what, "exit"))
		exits();
	else if (!strcmp(what, "restarted"))
		restarted();
	else if (!strcmp(what, "users"))
		users();
	else if (!strcmp(what, "namespaces"))
		namespaces();
	else if (!strcmp(what, "gone"))
		gone();
	else if (!strcmp(what, "older") && argc == 3)
		older(argv[2]);
	else
		return 2;
	return 0;
}
