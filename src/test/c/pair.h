/* SPDX-License-Identifier: Apache-2.0 */
/* Connected pairs of TCP sockets, in every kind of address that a socket can have. */
#ifndef TCPTOP_PAIR_H
#define TCPTOP_PAIR_H

#include "truth.h"

#include <linux/filter.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

/* nft drops packets with this mark at input: the peer of a socket with it receives nothing. */
#define UNHEARD 7

/* Where to listen, where to connect to, and what the client binds to before; NULL: to nothing. */
struct place {
	const char *listen, *connect, *bind;
};

static const struct place places[] = {
	{"127.0.0.1", "127.0.0.1"},
	{"0.0.0.0", "127.9.8.7", "127.1.2.3"},
	{"::1", "::1"},
	{"fd00::1", "fd00::1", "fd00::2"},
	{"::", "::ffff:127.0.0.1"},
	{"::", "127.0.0.1", "127.3.2.1"},
	{"::", "fd00::2"},
	{"fe80::1%lo", "fe80::1%lo"},
};

#define PLACES ((int)(sizeof(places) / sizeof(places[0])))

struct pair {
	const struct place *place;
	int number; /* gives each pair other sizes */
	int client, server;
};

static inline struct sockaddr_storage address_of(const char *text, int port)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM}, *found;
	struct sockaddr_storage at = {};

	if (getaddrinfo(text, NULL, &hints, &found)) {
		errno = EINVAL;
		die(text);
	}
	memcpy(&at, found->ai_addr, found->ai_addrlen);
	((struct sockaddr_in *)&at)->sin_port = htons(port);
	freeaddrinfo(found);
	return at;
}

static inline int listen_at(const char *text, int backlog)
{
	struct sockaddr_storage at = address_of(text, 0);
	int fd = must(socket(at.ss_family, SOCK_STREAM, 0), "socket"), off = 0;

	if (at.ss_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	must(bind(fd, (struct sockaddr *)&at, sizeof(at)), "bind");
	must(listen(fd, backlog), "listen");
	return fd;
}

static inline void mark(int fd, int value)
{
	must(setsockopt(fd, SOL_SOCKET, SO_MARK, &value, sizeof(value)), "SO_MARK");
}

/* Returns a socket that has called connect(); with SOCK_NONBLOCK the handshake may go on. */
static inline int connect_to(const struct place *place, int listener, int value, int flags)
{
	struct sockaddr_storage name = name_of(listener);
	struct sockaddr_storage to = address_of(place->connect, address_port(&name));
	int fd = must(socket(to.ss_family, SOCK_STREAM | flags, 0), "socket"), on = 1;

	if (value)
		mark(fd, value);
	if (place->bind) {
		struct sockaddr_storage from = address_of(place->bind, 0);

		/* The kernel chooses the port at connect(), so that several peers can share one. */
		setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
		must(bind(fd, (struct sockaddr *)&from, sizeof(from)), "bind");
	}
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) &&
	    !((flags & SOCK_NONBLOCK) && errno == EINPROGRESS))
		die("connect");
	return fd;
}

static inline void send_bytes(int fd, int count)
{
	static const char bytes[65536];

	for (int part; count > 0; count -= part) {
		part = count < (int)sizeof(bytes) ? count : (int)sizeof(bytes);
		part = must(write(fd, bytes, part), "write");
	}
}

static inline void read_bytes(int fd, int count)
{
	static char bytes[65536];

	for (int part; count > 0; count -= part) {
		part = count < (int)sizeof(bytes) ? count : (int)sizeof(bytes);
		part = must(read(fd, bytes, part), "read");
		if (!part) {
			errno = EPIPE;
			die("read");
		}
	}
}

/* Sends bytes from one end to the other, which reads them. */
static inline void carry(int from, int to, int count)
{
	for (int part; count > 0; count -= part) {
		part = count < 16384 ? count : 16384;
		send_bytes(from, part);
		read_bytes(to, part);
	}
}

static inline struct tcp_info info_of(int fd)
{
	struct tcp_info info = {};
	socklen_t size = sizeof(info);

	must(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size), "TCP_INFO");
	return info;
}

/* Waits until the socket is in this state: a packet takes effect a moment after it is sent. */
static inline void await_state(int fd, int state)
{
	for (int tries = 0; info_of(fd).tcpi_state != state; tries++) {
		if (tries == 20000) {
			errno = ETIMEDOUT;
			die("await_state");
		}
		usleep(500);
	}
}

/* From now on, packets that arrive at this socket are dropped before TCP sees them. */
static inline void deafen(int fd)
{
	struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog program = {1, &nothing};

	must(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)), "filter");
}

/* Undoes deafen(). */
static inline void hear(int fd)
{
	int unused = 0;

	must(setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof(unused)), "filter");
}

#endif
