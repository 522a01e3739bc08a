/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UDP sockets, and what this process knows of the flows on them. A datagram is counted when the
 * kernel says that it was sent or received, under the addresses that the kernel gives for it.
 */
#ifndef TCPTOP_UDP_H
#define TCPTOP_UDP_H

#include "truth.h"

#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/time.h>

#define LARGEST 65507 /* payload of a datagram over IPv4 */
#define PATIENCE_SECONDS 10

static char payload[1 << 16];

/* One end of a flow, as this process has used it. */
struct end {
	struct sockaddr_storage local, remote;
	uint64_t bytes_out, bytes_in, packets_out, packets_in;
	int sends; /* 1: this process was the flow's first sender */
};

static struct end *ends;
static int end_count, end_room;

/* text: ADDRESS or ADDRESS%INTERFACE. */
static inline struct sockaddr_storage address(const char *text, int port)
{
	struct sockaddr_storage at = {};
	struct sockaddr_in *four = (struct sockaddr_in *)&at;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)&at;
	char host[64];
	char *scope;

	snprintf(host, sizeof(host), "%s", text);
	scope = strchr(host, '%');
	if (scope) {
		*scope++ = 0;
		six->sin6_scope_id = if_nametoindex(scope);
	}
	four->sin_port = htons(port); /* at the same offset in both */
	if (inet_pton(AF_INET, host, &four->sin_addr) == 1) {
		at.ss_family = AF_INET;
	} else if (inet_pton(AF_INET6, host, &six->sin6_addr) == 1) {
		at.ss_family = AF_INET6;
	} else {
		errno = EINVAL;
		die(text);
	}
	return at;
}

static inline socklen_t size_of(const struct sockaddr_storage *at)
{
	return at->ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

static inline void set(int fd, int level, int option, int value)
{
	must(setsockopt(fd, level, option, &value, sizeof(value)), "setsockopt");
}

/* A socket whose recv() has a timeout and gives each datagram's destination. */
static inline int udp(int family)
{
	int fd = must(socket(family, SOCK_DGRAM, 0), "socket");
	struct timeval patience = {.tv_sec = PATIENCE_SECONDS};

	must(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)), "SO_RCVTIMEO");
	set(fd, SOL_SOCKET, SO_RCVBUF, 1 << 22);
	if (family == AF_INET) {
		set(fd, IPPROTO_IP, IP_PKTINFO, 1);
	} else {
		set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
		set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
	}
	return fd;
}

static inline void bind_to(int fd, const struct sockaddr_storage *at)
{
	must(bind(fd, (const struct sockaddr *)at, size_of(at)), "bind");
}

static inline int bound(const struct sockaddr_storage *at)
{
	int fd = udp(at->ss_family);

	bind_to(fd, at);
	return fd;
}

static inline void connect_to(int fd, const struct sockaddr_storage *at)
{
	must(connect(fd, (const struct sockaddr *)at, size_of(at)), "connect");
}

static inline int is_any(const struct sockaddr_storage *at)
{
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)at;

	if (at->ss_family == AF_INET)
		return ((const struct sockaddr_in *)at)->sin_addr.s_addr == INADDR_ANY;
	return IN6_IS_ADDR_UNSPECIFIED(&six->sin6_addr) ||
	       (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr) && !six->sin6_addr.s6_addr32[3]);
}

/* The source address of datagrams that this socket sends there: its own, or the kernel's choice. */
static inline struct sockaddr_storage source_of(int fd, const struct sockaddr_storage *to)
{
	struct sockaddr_storage at = name_of(fd), picked;
	int probe;

	if (!is_any(&at))
		return at;
	probe = udp(to->ss_family);
	set(probe, SOL_SOCKET, SO_BROADCAST, 1);
	connect_to(probe, to);
	picked = name_of(probe);
	close(probe);
	((struct sockaddr_in *)&picked)->sin_port = ((struct sockaddr_in *)&at)->sin_port;
	return picked;
}

static inline int same(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
	char one[64], other[64];

	return address_port(a) == address_port(b) &&
	       !strcmp(address_text(a, one), address_text(b, other));
}

static inline struct end *end_of(const struct sockaddr_storage *local,
				 const struct sockaddr_storage *remote)
{
	for (int i = 0; i < end_count; i++) {
		if (same(&ends[i].local, local) && same(&ends[i].remote, remote))
			return &ends[i];
	}
	if (end_count == end_room) {
		end_room = end_room ? 2 * end_room : 64;
		ends = realloc(ends, end_room * sizeof(*ends));
		if (!ends)
			die("realloc");
	}
	ends[end_count] = (struct end){.local = *local, .remote = *remote};
	return &ends[end_count++];
}

/* Counts datagrams that the kernel accepted from this process. */
static inline void sent(const struct sockaddr_storage *from, const struct sockaddr_storage *to,
			uint64_t bytes, uint64_t datagrams)
{
	struct end *end = end_of(from, to);

	end->sends = 1;
	end->bytes_out += bytes;
	end->packets_out += datagrams;
}

/* Counts datagrams that reached a socket of this process. */
static inline void reached(const struct sockaddr_storage *at, const struct sockaddr_storage *from,
			   uint64_t bytes, uint64_t datagrams)
{
	struct end *end = end_of(at, from);

	end->bytes_in += bytes;
	end->packets_in += datagrams;
}

static inline unsigned long netns_inode(void)
{
	struct stat st;

	must(stat("/proc/thread-self/ns/net", &st), "stat");
	return st.st_ino;
}

static inline int is_ipv4(const struct sockaddr_storage *at)
{
	return at->ss_family == AF_INET ||
	       IN6_IS_ADDR_V4MAPPED(&((const struct sockaddr_in6 *)at)->sin6_addr);
}

/*
 * Prints one end's truth. more: words that replace earlier ones, or "". The owner of an end that
 * never sent is the process that created the socket, until a search has found a holder.
 */
static inline void tell_end(const struct end *end, const char *more)
{
	tell("udp", &end->local, &end->remote,
	     "family=%s direction=unknown closeReason=null partial=false uid=%d netns=%lu "
	     "pidSource=%s bytesOut=%lu packetsOut=%lu bytesIn=%lu packetsIn=%lu%s%s",
	     is_ipv4(&end->remote) ? "ipv4" : "ipv6", getuid(), netns_inode(),
	     end->sends ? "send" : "fd|listener", end->bytes_out, end->packets_out, end->bytes_in,
	     end->packets_in, *more ? " " : "", more);
}

/* Prints the truth of all ends that this process has used, and forgets them. */
static inline void tell_ends(void)
{
	for (int i = 0; i < end_count; i++)
		tell_end(&ends[i], "");
	end_count = 0;
}

#endif
