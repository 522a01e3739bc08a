/* SPDX-License-Identifier: Apache-2.0 */
/* The ways of receiving datagrams. Each counts what it received with reached(). */
#ifndef TCPTOP_UDP_RECEIVE_H
#define TCPTOP_UDP_RECEIVE_H

#include "udp.h"

#include <netinet/udp.h>

#define AT_ONCE 5 /* datagrams that one recvmmsg() takes */

/* Receives at least one datagram, and returns how many; *from: the sender of the last one. */
struct receiving {
	const char *name;
	int (*receive)(int fd, struct sockaddr_storage *at, struct sockaddr_storage *from);
	void (*prepare)(int fd);
};

/*
 * The datagram's destination by its control message, with the socket's port; else the socket's
 * name.
 */
static inline struct sockaddr_storage destination(int fd, struct msghdr *m)
{
	struct sockaddr_storage at = name_of(fd);

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO &&
		    at.ss_family == AF_INET)
			((struct sockaddr_in *)&at)->sin_addr =
				((struct in_pktinfo *)CMSG_DATA(c))->ipi_addr;
		if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			const struct in6_pktinfo *info = (struct in6_pktinfo *)CMSG_DATA(c);

			((struct sockaddr_in6 *)&at)->sin6_addr = info->ipi6_addr;
			if (IN6_IS_ADDR_LINKLOCAL(&info->ipi6_addr))
				((struct sockaddr_in6 *)&at)->sin6_scope_id = info->ipi6_ifindex;
		}
	}
	return at;
}

/* The size of each datagram that the kernel merged by GRO, or the number of all bytes. */
static inline long segment_size(struct msghdr *m, long all)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO)
			return *(int *)CMSG_DATA(c);
	}
	return all;
}

/*
 * One recvmsg() into a buffer of room bytes; MSG_PEEK counts nothing. The call may be interrupted:
 * io_uring does work in a process as a signal does, and the kernel does not restart a system call
 * on a socket with a timeout.
 */
static inline int take(int fd, struct sockaddr_storage *at, struct sockaddr_storage *from,
		       size_t room, int flags)
{
	char control[256];
	struct iovec data = {payload, room};
	struct msghdr m = {.msg_name = from,
			   .msg_namelen = sizeof(*from),
			   .msg_iov = &data,
			   .msg_iovlen = 1,
			   .msg_control = control,
			   .msg_controllen = sizeof(control)};
	long n = must(TEMP_FAILURE_RETRY(recvmsg(fd, &m, flags | MSG_TRUNC)), "recvmsg");
	long size, count;

	*at = destination(fd, &m);
	size = segment_size(&m, n);
	count = size ? (n + size - 1) / size : 1;
	if (!(flags & MSG_PEEK))
		reached(at, from, n, count);
	return count;
}

static inline int receive_plain(int fd, struct sockaddr_storage *at, struct sockaddr_storage *from)
{
	return take(fd, at, from, sizeof(payload), 0);
}

static inline int receive_peek(int fd, struct sockaddr_storage *at, struct sockaddr_storage *from)
{
	take(fd, at, from, sizeof(payload), MSG_PEEK);
	take(fd, at, from, 1, MSG_PEEK);
	return take(fd, at, from, sizeof(payload), 0);
}

/* The kernel discards the bytes that do not fit, but they have arrived. */
static inline int receive_cut(int fd, struct sockaddr_storage *at, struct sockaddr_storage *from)
{
	return take(fd, at, from, 3, 0);
}

static inline int receive_many(int fd, struct sockaddr_storage *at, struct sockaddr_storage *from)
{
	static char buffers[AT_ONCE][LARGEST];
	struct sockaddr_storage names[AT_ONCE];
	char control[AT_ONCE][256];
	struct mmsghdr messages[AT_ONCE] = {};
	struct iovec data[AT_ONCE];
	int n;

	for (int i = 0; i < AT_ONCE; i++) {
		data[i] = (struct iovec){buffers[i], LARGEST};
		messages[i].msg_hdr = (struct msghdr){.msg_name = &names[i],
						      .msg_namelen = sizeof(names[i]),
						      .msg_iov = &data[i],
						      .msg_iovlen = 1,
						      .msg_control = control[i],
						      .msg_controllen = sizeof(control[i])};
	}
	n = must(TEMP_FAILURE_RETRY(recvmmsg(fd, messages, AT_ONCE, MSG_WAITFORONE, NULL)),
		 "recvmmsg");
	for (int i = 0; i < n; i++) {
		*at = destination(fd, &messages[i].msg_hdr);
		*from = names[i];
		reached(at, from, messages[i].msg_len, 1);
	}
	return n;
}

static inline void prepare_gro(int fd)
{
	set(fd, IPPROTO_UDP, UDP_GRO, 1);
}

static const struct receiving receivings[] = {
	{"plain", receive_plain},
	{"peek", receive_peek},
	{"cut", receive_cut},
	{"many", receive_many},
	{"gro", receive_plain, prepare_gro},
	{},
};

#endif
