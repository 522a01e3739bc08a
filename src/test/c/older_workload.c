/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections that are older than tcptop: older_workload CASE
 * Brings its pairs to the state that the case needs, prints "ready", waits for a line (tcptop
 * starts), goes on with the pairs, prints their truth, and closes them.
 */
#include "pair.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define PAIRS 20
#define BEFORE 1000 /* bytes sent before tcptop started */
#define AFTER 77

static int listeners[PLACES];
static struct pair pairs[PAIRS];

static void wait_for_tcptop(void)
{
	char line[64];

	must(write(STDOUT_FILENO, "ready\n", 6), "write");
	if (read(STDIN_FILENO, line, sizeof(line)) <= 0)
		exit(0);
}

static void connect_pair(struct pair *p, int flags)
{
	p->number = p - pairs;
	p->place = &places[p->number % 3 * 2]; /* IPv4, IPv6 and v4-mapped, on loopback only */
	p->client = connect_to(p->place, listeners[p->place - places], 0, flags);
}

static void accept_pair(struct pair *p)
{
	p->server = must(accept(listeners[p->place - places], NULL, NULL), "accept");
}

/* Prints the truth of an older end that this process holds and closes. */
static void tell_older(int fd, int in_before, int in, int out_before, int out)
{
	struct sockaddr_storage local = name_of(fd), remote = peer_of(fd);

	tell("tcp", &local, &remote,
	     "partial=true direction=unknown pidSource=fd bytesIn=%d bytesOut=%d "
	     "lifetimeBytesIn=%d lifetimeBytesOut=%d closeReason=normal",
	     in, out, in_before + in, out_before + out);
}

static void tell_new(int fd, const char *direction, const char *source, int in, int out)
{
	struct sockaddr_storage local = name_of(fd), remote = peer_of(fd);

	tell("tcp", &local, &remote,
	     "partial=false direction=%s pidSource=%s bytesIn=%d bytesOut=%d "
	     "lifetimeBytesIn=%d lifetimeBytesOut=%d closeReason=normal",
	     direction, source, in, out, in, out);
}

static void close_both(struct pair *p)
{
	must(close(p->client), "close");
	await_state(p->server, TCP_CLOSE_WAIT);
	must(close(p->server), "close");
}

static void talk_before(struct pair *p)
{
	connect_pair(p, 0);
	accept_pair(p);
	carry(p->client, p->server, BEFORE + p->number);
	carry(p->server, p->client, 2 * BEFORE + p->number);
}

static void tell_both(struct pair *p, int up, int down)
{
	tell_older(p->client, 2 * BEFORE + p->number, down, BEFORE + p->number, up);
	tell_older(p->server, BEFORE + p->number, up, 2 * BEFORE + p->number, down);
}

static void established(struct pair *p)
{
	carry(p->client, p->server, AFTER);
	carry(p->server, p->client, 2 * AFTER);
	tell_both(p, AFTER, 2 * AFTER);
	close_both(p);
}

static void silent(struct pair *p)
{
	tell_both(p, 0, 0);
	close_both(p);
}

static void half_close_before(struct pair *p)
{
	talk_before(p);
	must(shutdown(p->client, SHUT_WR), "shutdown");
	await_state(p->server, TCP_CLOSE_WAIT);
	await_state(p->client, TCP_FIN_WAIT2);
}

static void half_closed(struct pair *p)
{
	carry(p->server, p->client, AFTER);
	tell_both(p, 0, AFTER);
	must(close(p->server), "close");
	must(close(p->client), "close");
}

static void fin_wait1_before(struct pair *p)
{
	talk_before(p);
	deafen(p->server);
	must(shutdown(p->client, SHUT_WR), "shutdown");
}

static void fin_wait1(struct pair *p)
{
	for (int i = 0; p == pairs && i < PAIRS; i++)
		hear(pairs[i].server);
	await_state(p->server, TCP_CLOSE_WAIT);
	half_closed(p);
}

static void closing_before(struct pair *p)
{
	talk_before(p);
	deafen(p->server);
	must(shutdown(p->client, SHUT_WR), "shutdown");
	must(shutdown(p->server, SHUT_WR), "shutdown");
	await_state(p->client, TCP_CLOSING);
}

/* Both ends enter TIME_WAIT once they hear each other: then the kernel closes them by itself. */
static void closing(struct pair *p)
{
	tell_both(p, 0, 0);
	hear(p->server);
}

static void last_ack_before(struct pair *p)
{
	half_close_before(p);
	deafen(p->client);
	must(shutdown(p->server, SHUT_WR), "shutdown");
}

static void last_ack(struct pair *p)
{
	tell_both(p, 0, 0);
	hear(p->client);
}

static void syn_sent_before(struct pair *p)
{
	for (int i = 0; i < 6; i += 2)
		deafen(listeners[i]);
	connect_pair(p, SOCK_NONBLOCK);
}

/* The connections arrive in the order of their SYNs' retransmissions, not in the pairs' order. */
static void accept_all(void)
{
	for (int i = 0; i < 6; i += 2)
		hear(listeners[i]);
	for (int i = 0; i < PAIRS; i++) {
		int fd = must(accept(listeners[pairs[i].place - places], NULL, NULL), "accept");
		struct sockaddr_storage peer = peer_of(fd), name;

		for (int k = 0; k < PAIRS; k++) {
			name = name_of(pairs[k].client);
			if (pairs[k].place == pairs[i].place &&
			    address_port(&name) == address_port(&peer))
				pairs[k].server = fd;
		}
		fcntl(pairs[i].client, F_SETFL, 0);
	}
}

static void syn_sent(struct pair *p)
{
	if (p == pairs)
		accept_all();
	carry(p->client, p->server, AFTER);
	tell_older(p->client, 0, 0, 0, AFTER);
	tell_new(p->server, "inbound", "accept", AFTER, 0);
	close_both(p);
}

static void nothing(struct pair *p)
{
	(void)p;
}

static void older_listener(struct pair *p)
{
	connect_pair(p, 0);
	accept_pair(p);
	carry(p->client, p->server, AFTER);
	tell_new(p->client, "outbound", "connect", 0, AFTER);
	tell_new(p->server, "inbound", "accept", AFTER, 0);
	close_both(p);
}

static void unaccepted_before(struct pair *p)
{
	connect_pair(p, 0);
	send_bytes(p->client, BEFORE);
}

/* Older than tcptop, and accepted while it runs: the owner may be learnt in any of three ways. */
static void unaccepted(struct pair *p)
{
	struct sockaddr_storage local, remote;

	accept_pair(p);
	read_bytes(p->server, BEFORE);
	carry(p->client, p->server, AFTER);
	tell_older(p->client, 0, 0, BEFORE, AFTER);
	local = name_of(p->server), remote = peer_of(p->server);
	tell("tcp", &local, &remote,
	     "partial=true pidSource=accept|fd|close bytesIn=%d lifetimeBytesIn=%d "
	     "closeReason=normal",
	     AFTER, BEFORE + AFTER);
	close_both(p);
}

/* A child inherits both ends, its parent closes its copies, and the child closes the connection. */
static void inherited(struct pair *p)
{
	int ready[2];
	char byte;

	must(pipe(ready), "pipe");
	if (!must(fork(), "fork")) {
		struct sockaddr_storage ends[2] = {name_of(p->client), name_of(p->server)};

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, "the-heir");
		close(ready[1]);
		if (read(ready[0], &byte, 1) < 0) /* until the parent has closed its copies */
			die("read");
		carry(p->client, p->server, AFTER);
		for (int i = 0; i < 2; i++)
			tell("tcp", &ends[i], &ends[!i],
			     "partial=true pidSource=close|fd bytesIn=%d bytesOut=%d "
			     "closeReason=normal",
			     i ? AFTER : 0, i ? 0 : AFTER);
		close_both(p);
		_exit(0);
	}
	close(p->client);
	close(p->server);
	close(ready[0]);
	close(ready[1]);
	waitpid(-1, NULL, 0);
}

static const struct one_case {
	const char *name;
	void (*before)(struct pair *p);
	void (*after)(struct pair *p);
} cases[] = {
	{"established", talk_before, established},
	{"silent", talk_before, silent},
	{"half-closed", half_close_before, half_closed},
	{"fin-wait-1", fin_wait1_before, fin_wait1},
	{"closing", closing_before, closing},
	{"last-ack", last_ack_before, last_ack},
	{"syn-sent", syn_sent_before, syn_sent},
	{"listener", nothing, older_listener},
	{"unaccepted", unaccepted_before, unaccepted},
	{"inherited", talk_before, inherited},
};

int main(int argc, char **argv)
{
	const struct one_case *c = NULL;

	for (size_t i = 0; argc == 2 && i < sizeof(cases) / sizeof(cases[0]); i++)
		if (!strcmp(argv[1], cases[i].name))
			c = &cases[i];
	if (!c) {
		fprintf(stderr, "usage: older_workload CASE\n");
		return 2;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int i = 0; i < 6; i += 2)
		listeners[i] = listen_at(places[i].listen, PAIRS);
	for (int i = 0; i < PAIRS; i++)
		c->before(&pairs[i]);
	wait_for_tcptop();
	for (int i = 0; i < PAIRS; i++)
		c->after(&pairs[i]);
	pause(); /* keeps what the kernel closes by itself until the test has seen it */
	return 0;
}
