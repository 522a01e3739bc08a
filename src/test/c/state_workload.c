/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection, led from state to state: state_workload
 * Prints "ready", then reads lines of "WHO VERB" and prints "done" when that system call returned.
 */
#include "pair.h"

#include <signal.h>
#include <sys/prctl.h>

#define PATIENCE_SECONDS 120
#define GIVES_UP_MILLIS 500
#define BYTES 100

static struct socket_of {
	const char *who;
	int fd;
} sockets[] = {{"listener"}, {"client"}, {"server"}};

/* Returns before the handshake has ended: the listener may be deaf to the SYN. */
static void do_connect(struct socket_of *s)
{
	s->fd = connect_to(&places[0], sockets[0].fd, 0, SOCK_NONBLOCK);
	must(fcntl(s->fd, F_SETFL, 0), "F_SETFL");
}

static void do_accept(struct socket_of *s)
{
	s->fd = must(accept(sockets[0].fd, NULL, NULL), "accept");
}

static void do_send(struct socket_of *s)
{
	send_bytes(s->fd, BYTES);
}

static void do_receive(struct socket_of *s)
{
	read_bytes(s->fd, BYTES);
}

/* Waits until there is something to receive, and leaves it unread. */
static void do_peek(struct socket_of *s)
{
	char byte;

	must(recv(s->fd, &byte, 1, MSG_PEEK) - 1, "peek");
}

static void do_shutdown(struct socket_of *s)
{
	must(shutdown(s->fd, SHUT_WR), "shutdown");
}

static void do_close(struct socket_of *s)
{
	must(close(s->fd), "close");
}

/* A close that sends a RST instead of a FIN. */
static void do_reset(struct socket_of *s)
{
	struct linger none = {1, 0};

	must(setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none)), "SO_LINGER");
	do_close(s);
}

static void do_deafen(struct socket_of *s)
{
	deafen(s->fd);
}

static void do_hear(struct socket_of *s)
{
	hear(s->fd);
}

/* The socket gives up after its next retransmissions. */
static void do_hurry(struct socket_of *s)
{
	int millis = GIVES_UP_MILLIS, once = 1;

	must(setsockopt(s->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &millis, sizeof(millis)), "hurry");
	must(setsockopt(s->fd, IPPROTO_TCP, TCP_SYNCNT, &once, sizeof(once)), "TCP_SYNCNT");
}

static const struct {
	const char *name;
	void (*run)(struct socket_of *s);
} verbs[] = {
	{"connect", do_connect}, {"accept", do_accept}, {"send", do_send},
	{"receive", do_receive}, {"peek", do_peek},	{"shutdown", do_shutdown},
	{"close", do_close},	 {"reset", do_reset},	{"deafen", do_deafen},
	{"hear", do_hear},	 {"hurry", do_hurry},
};

static void obey(const char *who, const char *verb)
{
	for (size_t i = 0; i < sizeof(sockets) / sizeof(*sockets); i++)
		for (size_t k = 0; k < sizeof(verbs) / sizeof(*verbs); k++)
			if (!strcmp(who, sockets[i].who) && !strcmp(verb, verbs[k].name)) {
				verbs[k].run(&sockets[i]);
				return;
			}
	errno = EINVAL;
	die(verb);
}

int main(void)
{
	char line[64], who[32], verb[32];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(PATIENCE_SECONDS);
	setlinebuf(stdout);
	sockets[0].fd = listen_at(places[0].listen, 1);
	puts("ready");
	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "%31s %31s", who, verb) != 2)
			die(line);
		obey(who, verb);
		puts("done");
	}
	return 0;
}
