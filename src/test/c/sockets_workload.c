/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sockets of every kind, at rest: sockets_workload SOCKETS
 * Creates half of them, prints "ready", waits for a line, creates the other half, goes on with some
 * of the first half, prints "ready", and keeps them all until its input ends. It prints the owners
 * of the ends that no process holds, since no table of the machine has them.
 * It needs the addresses of pair.h on lo, and nft must drop the mark UNHEARD at input.
 */
#include "pair.h"

#include <sys/prctl.h>
#include <signal.h>
#include <sys/fsuid.h>
#include <sys/wait.h>

#define WORKERS 4

static int worker;
static int listeners[PLACES], queues[PLACES]; /* nothing accepts from a queue */
static int heir = -1;			      /* a channel to the process that takes over sockets */

static struct pair open_pair(int number)
{
	int place = number % PLACES;
	struct pair p = {.place = &places[place], .number = number};

	p.client = connect_to(p.place, listeners[place], 0, 0);
	p.server = must(accept(listeners[place], NULL, NULL), "accept");
	return p;
}

/* No process holds this end any more, or none yet: the current process is its owner. */
static void tell_unheld(const struct sockaddr_storage *local, const struct sockaddr_storage *remote)
{
	tell("tcp", local, remote, "unheld=true");
}

static void leave(int *fd)
{
	struct sockaddr_storage local = name_of(*fd), remote = peer_of(*fd);

	tell_unheld(&local, &remote);
	must(close(*fd), "close");
	*fd = -1;
}

static void idle(struct pair *p)
{
	(void)p;
}

static void talk(struct pair *p)
{
	carry(p->client, p->server, 1 + p->number % 977);
	carry(p->server, p->client, 1 + p->number % 70001);
}

static void unread(struct pair *p)
{
	send_bytes(p->client, 1 + p->number % 4001);
	send_bytes(p->server, 1 + p->number % 1013);
}

/* The peer receives nothing until some retransmissions have been sent, then everything. */
static void lose(struct pair *p)
{
	carry(p->client, p->server, p->number % 100);
	mark(p->client, UNHEARD);
	send_bytes(p->client, 1 + p->number % 30011);
}

static void recover(struct pair *p)
{
	while (info_of(p->client).tcpi_total_retrans < 1 + (uint32_t)p->number % 3)
		usleep(1000);
	mark(p->client, 0);
}

static void receive(struct pair *p)
{
	read_bytes(p->server, 1 + p->number % 30011);
}

/* The client's FIN is dropped. */
static void fin_wait1(struct pair *p)
{
	carry(p->client, p->server, 1 + p->number % 97);
	mark(p->client, UNHEARD);
	if (p->number & 1)
		leave(&p->client);
	else
		must(shutdown(p->client, SHUT_WR), "shutdown");
}

static void fin_wait2(struct pair *p)
{
	int seconds = 120; /* above a minute an orphan stays a socket and does not become a
			      time-wait one */

	carry(p->client, p->server, 1 + p->number % 97);
	setsockopt(p->client, IPPROTO_TCP, TCP_LINGER2, &seconds, sizeof(seconds));
	if (p->number & 1)
		leave(&p->client);
	else
		must(shutdown(p->client, SHUT_WR), "shutdown");
	await_state(p->server, TCP_CLOSE_WAIT);
	carry(p->server, p->number & 1 ? p->server : p->client, p->number & 1 ? 0 : 55);
}

/* The client's socket is gone: a time-wait one has replaced it. */
static void close_wait(struct pair *p)
{
	carry(p->server, p->client, 1 + p->number % 97);
	must(close(p->client), "close");
	p->client = -1;
	await_state(p->server, TCP_CLOSE_WAIT);
}

/* The server's FIN is dropped. */
static void last_ack(struct pair *p)
{
	must(shutdown(p->client, SHUT_WR), "shutdown");
	await_state(p->server, TCP_CLOSE_WAIT);
	await_state(p->client, TCP_FIN_WAIT2);
	carry(p->server, p->client, 1 + p->number % 97);
	mark(p->server, UNHEARD);
	if (p->number & 1)
		leave(&p->server);
	else
		must(shutdown(p->server, SHUT_WR), "shutdown");
}

/* The client's FIN is dropped, the server's is not: CLOSING and FIN_WAIT1. */
static void closing(struct pair *p)
{
	carry(p->client, p->server, 1 + p->number % 97);
	mark(p->client, UNHEARD);
	must(shutdown(p->client, SHUT_WR), "shutdown");
	must(shutdown(p->server, SHUT_WR), "shutdown");
	await_state(p->client, TCP_CLOSING);
}

static void closed(struct pair *p)
{
	carry(p->client, p->server, 3);
	must(close(p->client), "close");
	must(close(p->server), "close");
	p->client = p->server = -1;
}

static void reset(struct pair *p)
{
	struct linger now = {.l_onoff = 1};

	setsockopt(p->client, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	must(close(p->client), "close");
	p->client = -1;
	await_state(p->server, TCP_CLOSE);
}

static void hand_over(struct pair *p)
{
	char control[CMSG_SPACE(2 * sizeof(int))] = {}, byte = 0;
	struct iovec text = {&byte, 1};
	struct msghdr message = {.msg_iov = &text,
				 .msg_iovlen = 1,
				 .msg_control = control,
				 .msg_controllen = sizeof(control)};
	struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
	int both[2] = {p->client, p->server};

	talk(p);
	rights->cmsg_level = SOL_SOCKET;
	rights->cmsg_type = SCM_RIGHTS;
	rights->cmsg_len = CMSG_LEN(sizeof(both));
	memcpy(CMSG_DATA(rights), both, sizeof(both));
	must(sendmsg(heir, &message, 0), "sendmsg");
	must(read(heir, &byte, 1), "the heir has them");
	close(p->client);
	close(p->server);
	p->client = p->server = -1;
}

/*
 * What happens to a pair: first, when all pairs have begun, and after that. To wait for one pair's
 * retransmission before the next pair is heard again would double the time with each pair.
 */
static const struct shape {
	void (*begin)(struct pair *p);
	void (*go_on)(struct pair *p);
	void (*end)(struct pair *p);
} shapes[] = {
	{idle},	     {talk},	  {talk},   {unread}, {lose, recover, receive},
	{fin_wait1}, {fin_wait2}, {talk},   {idle},   {close_wait},
	{last_ack},  {closing},	  {closed}, {reset},  {talk},
	{idle},	     {hand_over},
};

#define SHAPES ((int)(sizeof(shapes) / sizeof(shapes[0])))

/* Connected but not accepted, some with bytes that wait. */
static void unaccepted(int number)
{
	int place = number % PLACES;
	int client = connect_to(&places[place], queues[place], 0, 0);
	struct sockaddr_storage local = peer_of(client), remote = name_of(client);

	tell_unheld(&local, &remote);
	if (number & 1)
		send_bytes(client, number % 1009);
}

/* A SYN without an answer: it is dropped on its way, or by a listener whose queue is full. */
static void unanswered(int number, int full)
{
	if (number & 1)
		connect_to(&places[0], full, 0, SOCK_NONBLOCK);
	else
		connect_to(&places[number % PLACES], listeners[number % PLACES], UNHEARD,
			   SOCK_NONBLOCK);
}

static struct pair *make(int sockets, int first)
{
	int pairs = sockets / 2, full = listen_at("127.0.0.1", 0);
	struct pair *made = calloc(pairs, sizeof(*made));
	struct sockaddr_storage local, remote;

	remote = name_of(connect_to(&places[0], full, 0, 0)); /* the queue has room for this one */
	local = name_of(full);
	tell_unheld(&local, &remote);
	for (int i = 0; i < pairs; i++) {
		if (i % 10 == 8) {
			unaccepted(first + i);
		} else if (i % 10 == 9) {
			unanswered(first + i, full);
			unanswered(first + i + 1, full);
		} else {
			/* Their numbers have no common divisor, so all combinations occur. */
			made[i] = open_pair(first + i);
			shapes[i % SHAPES].begin(&made[i]);
		}
	}
	for (int i = 0; i < pairs; i++)
		if (made[i].place && shapes[i % SHAPES].go_on)
			shapes[i % SHAPES].go_on(&made[i]);
	for (int i = 0; i < pairs; i++)
		if (made[i].place && shapes[i % SHAPES].end)
			shapes[i % SHAPES].end(&made[i]);
	return made;
}

/* Goes on with some of the pairs that talked: they carry bytes, and some close one direction. */
static void go_on(struct pair *older, int pairs)
{
	for (int i = 0; i < pairs; i++) {
		struct pair *p = &older[i];

		if (!p->place || (shapes[i % SHAPES].begin != talk) || i % 3)
			continue;
		talk(p);
		if (i % 2) {
			must(shutdown(p->client, SHUT_WR), "shutdown");
			await_state(p->server, TCP_CLOSE_WAIT);
			carry(p->server, p->client, 7);
		}
	}
}

/* Takes over sockets and holds them. Forked before its parent has a socket. */
static void inherit(int from)
{
	char control[CMSG_SPACE(2 * sizeof(int))], byte;

	must(prctl(PR_SET_NAME, "the-heir"), "PR_SET_NAME");
	while (1) {
		struct iovec text = {&byte, 1};
		struct msghdr message = {.msg_iov = &text,
					 .msg_iovlen = 1,
					 .msg_control = control,
					 .msg_controllen = sizeof(control)};

		if (must(recvmsg(from, &message, 0), "recvmsg") == 0)
			exit(0);
		must(write(from, &byte, 1), "write");
	}
}

static void work(int sockets, int orders, int reports)
{
	int ends[2];
	struct pair *older;
	char name[16], byte;

	must(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "socketpair");
	if (!must(fork(), "fork")) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ends[0]);
		inherit(ends[1]);
	}
	close(ends[1]);
	heir = ends[0];
	snprintf(name, sizeof(name), "sockets-%d", worker);
	prctl(PR_SET_NAME, name);
	if (worker)
		setfsuid(1000 *
			 worker); /* a socket belongs to the user who creates it, as a file does */
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* setfsuid() forgets it */
	for (int i = 0; i < PLACES; i++) {
		listeners[i] = listen_at(places[i].listen, 16);
		queues[i] = listen_at(places[i].listen, 4096);
	}
	older = make(sockets / 2, 0);
	must(write(reports, "", 1), "write");
	if (must(read(orders, &byte, 1), "read") == 0)
		exit(0);
	make(sockets / 2, sockets / 2);
	go_on(older, sockets / 4);
	must(write(reports, "", 1), "write");
	while (1)
		pause();
}

static void failed(int signal)
{
	(void)signal;
	_exit(1); /* a worker ends by itself only after an error, which it has printed */
}

static void ready(int reports)
{
	char byte;

	for (int i = 0; i < WORKERS; i++)
		if (read(reports, &byte, 1) != 1)
			die("a worker failed");
	must(write(STDOUT_FILENO, "ready\n", 6), "write");
}

int main(int argc, char **argv)
{
	int orders[2], reports[2];
	char line[64];

	if (argc != 2) {
		fprintf(stderr, "usage: sockets_workload SOCKETS\n");
		return 2;
	}
	must(pipe(orders), "pipe");
	must(pipe(reports), "pipe");
	signal(SIGCHLD, failed);
	for (worker = 0; worker < WORKERS; worker++)
		if (!must(fork(), "fork")) {
			signal(SIGCHLD, SIG_DFL);
			close(orders[1]);
			close(reports[0]);
			work(atoi(argv[1]) / WORKERS, orders[0], reports[1]);
		}
	close(reports[1]);
	ready(reports[0]);
	if (read(STDIN_FILENO, line, sizeof(line)) <= 0)
		return 0;
	must(write(orders[1], "....", WORKERS), "write");
	ready(reports[0]);
	while (read(STDIN_FILENO, line, sizeof(line)) > 0)
		;
	return 0;
}
