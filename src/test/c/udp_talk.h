/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A conversation between a server and a client process. Each datagram or batch is answered before
 * the next, so that no queue overflows. KEY=VALUE words describe it:
 *   to=ADDRESS    where the client sends to; else 127.0.0.1
 *   bind=ADDRESS  what the server binds to; else the same as to
 *   from=ADDRESS  what the client binds to; else the same as to
 *   connected=no  the client names its peer with each datagram
 *   send=WAY      of udp_send.h: the client's
 *   receive=WAY   of udp_receive.h: the server's
 *   answer=WAY    of udp_send.h: the server's
 *   largest=N     of the client's datagrams; else 9000 bytes
 *   ports=N       the server's port, the client's is the next one; else any
 *   netns=NAME    the client's; else the server's
 *   user=N        the client's; else the server's
 */
#ifndef TCPTOP_UDP_TALK_H
#define TCPTOP_UDP_TALK_H

#include "process.h"
#include "udp_receive.h"
#include "udp_send.h"

struct talk {
	const char *to, *bind, *from, *netns;
	struct sending send, answer;
	struct receiving receive;
	int connected, largest, ports, user;
};

#define ROUNDS 12

/* Payload by round: empty, small, at and above an Ethernet's limit, and the largest. */
static inline int size_in_round(int i, int largest)
{
	static const int sizes[] = {0, 1, 100, 1472, 1473, 0, 512, 3000};
	int size = i % 4 == 3 ? largest : sizes[i % 8];

	return size < largest ? size : largest;
}

static inline struct sending sending_named(const struct sending *more, const char *name)
{
	for (const struct sending *s = sendings; s->name; s++) {
		if (!strcmp(s->name, name))
			return *s;
	}
	for (; more && more->name; more++) {
		if (!strcmp(more->name, name))
			return *more;
	}
	errno = EINVAL;
	die(name);
	return sendings[0];
}

static inline struct receiving receiving_named(const char *name)
{
	for (const struct receiving *r = receivings; r->name; r++) {
		if (!strcmp(r->name, name))
			return *r;
	}
	errno = EINVAL;
	die(name);
	return receivings[0];
}

static inline void talk_server(const struct talk *t, int fd)
{
	struct sockaddr_storage at, from;

	if (t->receive.prepare)
		t->receive.prepare(fd);
	if (t->answer.prepare)
		t->answer.prepare(fd);
	post_address(name_of(fd));
	for (int i = 0; i < ROUNDS; i++) {
		for (int n = 0; n < t->send.datagrams;)
			n += t->receive.receive(fd, &at, &from);
		t->answer.send(fd, &at, &from, 10 * i);
	}
}

static inline void talk_client(const struct talk *t)
{
	struct sockaddr_storage to = next_address(), at, from;
	int fd;

	if (t->netns)
		enter(t->netns);
	if (t->user)
		must(setuid(t->user), "setuid");
	to = address(t->to, address_port(&to));
	from = address(t->from, t->ports ? t->ports + 1 : 0);
	fd = bound(&from);
	if (t->connected)
		connect_to(fd, &to);
	if (t->send.prepare)
		t->send.prepare(fd);
	from = source_of(fd, &to);
	for (int i = 0; i < ROUNDS; i++) {
		struct sockaddr_storage answerer;

		t->send.send(fd, &from, &to, size_in_round(i, t->largest));
		for (int n = 0; n < t->answer.datagrams;)
			n += receive_plain(fd, &at, &answerer);
	}
}

/* The words that have not been read yet. */
struct words {
	int count;
	char **words;
};

/* The value of a word, which is then read; otherwise: its default. */
static inline const char *word(struct words *rest, const char *key, const char *otherwise)
{
	size_t length = strlen(key);

	for (int i = 0; i < rest->count; i++) {
		char *each = rest->words[i];

		if (strncmp(each, key, length) || each[length] != '=')
			continue;
		rest->words[i] = rest->words[--rest->count];
		return each + length + 1;
	}
	return otherwise;
}

/* The conversation that the words describe. more: further ways of sending, or NULL. */
static inline struct talk talk_of(const struct sending *more, int count, char **words)
{
	struct words rest = {count, words};
	struct talk t = {};

	t.to = word(&rest, "to", "127.0.0.1");
	t.bind = word(&rest, "bind", t.to);
	t.from = word(&rest, "from", t.to);
	t.netns = word(&rest, "netns", NULL);
	t.connected = !strcmp(word(&rest, "connected", "yes"), "yes");
	t.largest = atoi(word(&rest, "largest", "9000"));
	t.ports = atoi(word(&rest, "ports", "0"));
	t.user = atoi(word(&rest, "user", "0"));
	t.send = sending_named(more, word(&rest, "send", "plain"));
	t.answer = sending_named(more, word(&rest, "answer", "plain"));
	t.receive = receiving_named(word(&rest, "receive", "plain"));
	if (rest.count) {
		errno = EINVAL;
		die(rest.words[0]);
	}
	return t;
}

/* Holds the conversation between a new client process and this one. */
static inline void talk(const struct talk *t)
{
	struct sockaddr_storage at;

	if (!split("client")) {
		talk_client(t);
		tell_ends();
		exit(0);
	}
	at = address(t->bind, t->ports);
	talk_server(t, bound(&at));
	tell_ends();
	join();
}

#endif
