/* SPDX-License-Identifier: Apache-2.0 */
/* Which process owns a flow, where several share a socket. udp_owner_workload CASE */
#include "process.h"
#include "udp_receive.h"
#include "udp_send.h"

#include <pthread.h>
#include <sys/mman.h>

#define WORKERS 4
#define CLIENTS 40

static struct sockaddr_storage loopback;

/* Sends datagrams to the server from count sockets; answered: each waits for one answer. */
static void clients(int count, int datagrams, int answered)
{
	struct sockaddr_storage to = next_address(), from;

	for (int i = 0; i < count; i++) {
		int fd = bound(&loopback);

		from = name_of(fd);
		for (int j = 0; j < datagrams; j++)
			send_plain(fd, &from, &to, 10 + i + j);
		if (answered)
			receive_plain(fd, &from, &to);
	}
	tell_ends();
	exit(0);
}

/*
 * Workers share the socket that their parent created: the answering worker owns the flow, as long
 * as it lives. It outlives its flows, since then a process that still holds the socket would.
 */
static void prefork(void)
{
	struct sockaddr_storage at, from;
	int fd = bound(&loopback);

	for (int i = 0; i < WORKERS; i++) {
		if (split("worker"))
			continue;
		for (int j = 0; j < CLIENTS / WORKERS; j++) {
			receive_plain(fd, &at, &from);
			send_plain(fd, &at, &from, 5);
		}
		tell_ends();
		nap(10 * LONG_ENOUGH);
		exit(0);
	}
	post_address(name_of(fd));
	if (!split("client")) {
		close(fd);
		clients(CLIENTS, 1, 1);
	}
	join();
}

/* The same without answers: tcptop may show any process that holds the socket. */
static void prefork_silent(void)
{
	pid_t *pids = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct sockaddr_storage at, from;
	int fd = bound(&loopback), ready[2];
	char byte, choice[128];

	must(pipe(ready), "pipe");
	pids[0] = getpid();
	for (int i = 1; i <= WORKERS; i++) {
		pid_t worker = split("worker");

		if (worker) {
			pids[i] = worker;
			continue;
		}
		must(read(ready[0], &byte, 1), "read");
		for (int j = 0; j < CLIENTS / WORKERS; j++)
			receive_plain(fd, &at, &from);
		snprintf(choice, sizeof(choice), "pid=%d|%d|%d|%d|%d process=server|worker",
			 pids[0], pids[1], pids[2], pids[3], pids[4]);
		for (int j = 0; j < end_count; j++)
			tell_end(&ends[j], choice);
		nap(LONG_ENOUGH);
		exit(0);
	}
	must(write(ready[1], "....", WORKERS), "write");
	post_address(name_of(fd));
	if (!split("client")) {
		close(fd);
		clients(CLIENTS, 1, 0);
	}
	join();
}

/* Each worker has a socket of its own on one port, and the kernel distributes the peers. */
static void reuseport(int answering)
{
	struct sockaddr_storage at = loopback, from;
	int first = udp(AF_INET), fd;
	char byte;
	int ready[2], stop[2];

	must(pipe(ready), "pipe");
	must(pipe(stop), "pipe");
	set(first, SOL_SOCKET, SO_REUSEPORT, 1);
	bind_to(first, &at);
	at = name_of(first);
	for (int i = 0; i < WORKERS; i++) {
		if (split("worker"))
			continue;
		close(first);
		close(stop[1]);
		fd = udp(AF_INET);
		set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
		bind_to(fd, &at);
		must(write(ready[1], "", 1), "write");
		for (;;) {
			struct pollfd both[] = {{fd, POLLIN}, {stop[0], POLLIN}};

			must(poll(both, 2, -1), "poll");
			if (!both[0].revents)
				break;
			receive_plain(fd, &at, &from);
			if (answering)
				send_plain(fd, &at, &from, 5);
		}
		tell_ends();
		nap(answering ? 0 : LONG_ENOUGH);
		exit(0);
	}
	for (int i = 0; i < WORKERS; i++)
		must(read(ready[0], &byte, 1), "read");
	close(first); /* before a datagram can reach it */
	post_address(at);
	pid_t client = split("client");

	if (!client)
		clients(CLIENTS, answering ? 1 : 3, answering);
	must(waitpid(client, NULL, 0), "waitpid");
	close(stop[1]);
	join();
}

/*
 * A child sends on the socket that its parent created, and ends; the parent, which sends later on
 * the same flow, owns it then.
 */
static void child_sends(void)
{
	struct sockaddr_storage to, from, at;
	int fd = bound(&loopback), server = bound(&loopback);

	from = name_of(fd);
	to = name_of(server);
	if (!split("child")) {
		close(server);
		for (int i = 0; i < 10; i++)
			send_plain(fd, &from, &to, i);
		exit(0);
	}
	join();
	nap(LONG_ENOUGH);
	for (int i = 0; i < 3; i++)
		send_plain(fd, &from, &to, 50);
	sent(&from, &to, 45, 10); /* the child's */
	for (int i = 0; i < 13; i++)
		receive_plain(server, &at, &from);
	send_plain(server, &at, &from, 1);
	reached(&from, &to, 1, 1);
	for (int i = 0; i < end_count; i++)
		tell_end(&ends[i], ends[i].packets_out > 1 ? "pidSource=send|fd" : "");
	nap(LONG_ENOUGH);
}

/*
 * As a service manager does: the process that created the socket closes it before the first
 * datagram, and the process that inherited it receives, for longer than a search takes.
 */
static void inherited(void)
{
	struct sockaddr_storage at, from, to;
	int fd = bound(&loopback), held[2], sender = bound(&loopback);
	char byte;

	to = name_of(fd);
	from = name_of(sender);
	must(pipe(held), "pipe");
	if (!split("service")) {
		close(sender);
		must(write(held[1], "", 1), "write");
		for (int i = 0; i < 10; i++)
			receive_plain(fd, &at, &from);
		for (int i = 0; i < end_count; i++)
			tell_end(&ends[i], "pidSource=fd");
		nap(LONG_ENOUGH);
		exit(0);
	}
	must(read(held[0], &byte, 1), "read");
	close(fd);
	for (int i = 0; i < 10; i++) {
		send_plain(sender, &from, &to, i);
		nap(LONG_ENOUGH / 10);
	}
	tell_ends();
	join();
}

static struct sockaddr_storage threads_to;

static void *thread(void *unused)
{
	int fd = bound(&loopback);
	struct sockaddr_storage from = name_of(fd);
	static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

	must(prctl(PR_SET_NAME, "thread"), "PR_SET_NAME");
	pthread_mutex_lock(&one_at_a_time);
	send_plain(fd, &from, &threads_to, 33);
	pthread_mutex_unlock(&one_at_a_time);
	return unused;
}

/* Threads with names of their own send: the owner is the process, under the process's name. */
static void threads(void)
{
	struct sockaddr_storage at, from;
	int fd = bound(&loopback);
	pthread_t all[WORKERS];

	threads_to = name_of(fd);
	for (int i = 0; i < WORKERS; i++)
		pthread_create(&all[i], NULL, thread, NULL);
	for (int i = 0; i < WORKERS; i++)
		pthread_join(all[i], NULL);
	for (int i = 0; i < WORKERS; i++) {
		receive_plain(fd, &at, &from);
		send_plain(fd, &at, &from, 3);
		reached(&from, &at, 3, 1);
	}
	tell_ends();
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	begin_workload("server");
	loopback = address("127.0.0.1", 0);
	if (!strcmp(what, "prefork"))
		prefork();
	else if (!strcmp(what, "prefork-silent"))
		prefork_silent();
	else if (!strcmp(what, "reuseport"))
		reuseport(1);
	else if (!strcmp(what, "reuseport-silent"))
		reuseport(0);
	else if (!strcmp(what, "child"))
		child_sends();
	else if (!strcmp(what, "inherited"))
		inherited();
	else if (!strcmp(what, "threads"))
		threads();
	else
		return 2;
	return 0;
}
