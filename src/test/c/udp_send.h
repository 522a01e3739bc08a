/* SPDX-License-Identifier: Apache-2.0 */
/* The ways of sending datagrams. Each counts what it sent with sent(). */
#ifndef TCPTOP_UDP_SEND_H
#define TCPTOP_UDP_SEND_H

#include "udp.h"

#include <netinet/udp.h>

/* Sends bytes to a peer, in as many datagrams as this way takes. */
struct sending {
	const char *name;
	int datagrams;
	void (*send)(int fd, const struct sockaddr_storage *from, const struct sockaddr_storage *to,
		     int bytes);
	void (*prepare)(int fd);
};

/* With a connected socket no address is given. */
static inline int is_connected(int fd)
{
	struct sockaddr_storage at;
	socklen_t size = sizeof(at);

	return !getpeername(fd, (struct sockaddr *)&at, &size);
}

/* One send of these bytes; MSG_MORE among the flags holds them back. */
static inline long put(int fd, const struct sockaddr_storage *to, int bytes, int flags)
{
	if (is_connected(fd))
		return send(fd, payload, bytes, flags);
	return sendto(fd, payload, bytes, flags, (const struct sockaddr *)to, size_of(to));
}

static inline void put_all(int fd, const struct sockaddr_storage *to, int bytes, int flags)
{
	if (must(put(fd, to, bytes, flags), "send") != bytes)
		die("a datagram was cut");
}

static inline void send_plain(int fd, const struct sockaddr_storage *from,
			      const struct sockaddr_storage *to, int bytes)
{
	put_all(fd, to, bytes, 0);
	sent(from, to, bytes, 1);
}

static inline void send_write(int fd, const struct sockaddr_storage *from,
			      const struct sockaddr_storage *to, int bytes)
{
	if (must(write(fd, payload, bytes), "write") != bytes)
		die("a datagram was cut");
	sent(from, to, bytes, 1);
}

/* Sends from the given address, whatever the socket is bound to. */
static inline void send_from(int fd, const struct sockaddr_storage *from,
			     const struct sockaddr_storage *to, int bytes)
{
	struct iovec data = {payload, bytes};
	char control[CMSG_SPACE(sizeof(struct in6_pktinfo))] = {};
	struct msghdr m = {.msg_name = (void *)to,
			   .msg_namelen = size_of(to),
			   .msg_iov = &data,
			   .msg_iovlen = 1,
			   .msg_control = control};
	struct cmsghdr *c = (struct cmsghdr *)control;

	if (from->ss_family == AF_INET) {
		c->cmsg_level = IPPROTO_IP;
		c->cmsg_type = IP_PKTINFO;
		c->cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo));
		m.msg_controllen = CMSG_SPACE(sizeof(struct in_pktinfo));
		((struct in_pktinfo *)CMSG_DATA(c))->ipi_spec_dst =
			((const struct sockaddr_in *)from)->sin_addr;
	} else {
		c->cmsg_level = IPPROTO_IPV6;
		c->cmsg_type = IPV6_PKTINFO;
		c->cmsg_len = CMSG_LEN(sizeof(struct in6_pktinfo));
		m.msg_controllen = CMSG_SPACE(sizeof(struct in6_pktinfo));
		((struct in6_pktinfo *)CMSG_DATA(c))->ipi6_addr =
			((const struct sockaddr_in6 *)from)->sin6_addr;
	}
	must(sendmsg(fd, &m, 0), "sendmsg");
	sent(from, to, bytes, 1);
}

#define BATCH 5

static inline void send_many(int fd, const struct sockaddr_storage *from,
			     const struct sockaddr_storage *to, int bytes)
{
	struct mmsghdr messages[BATCH] = {};
	struct iovec data[BATCH];

	for (int i = 0; i < BATCH; i++) {
		struct msghdr *m = &messages[i].msg_hdr;

		data[i] = (struct iovec){payload, bytes + i > LARGEST ? LARGEST : bytes + i};
		m->msg_iov = &data[i];
		m->msg_iovlen = 1;
		if (!is_connected(fd)) {
			m->msg_name = (void *)to;
			m->msg_namelen = size_of(to);
		}
	}
	if (must(sendmmsg(fd, messages, BATCH, 0), "sendmmsg") != BATCH)
		die("sendmmsg");
	for (int i = 0; i < BATCH; i++)
		sent(from, to, data[i].iov_len, 1);
}

/* Several sends, one datagram. */
static inline void send_more(int fd, const struct sockaddr_storage *from,
			     const struct sockaddr_storage *to, int bytes)
{
	put_all(fd, to, bytes / 2, MSG_MORE);
	put_all(fd, to, bytes / 4, MSG_MORE);
	put_all(fd, to, bytes - bytes / 2 - bytes / 4, 0);
	sent(from, to, bytes, 1);
}

/* The datagram leaves when UDP_CORK is cleared, not by a send. */
static inline void send_corked(int fd, const struct sockaddr_storage *from,
			       const struct sockaddr_storage *to, int bytes)
{
	set(fd, IPPROTO_UDP, UDP_CORK, 1);
	put_all(fd, to, bytes / 3, 0);
	put_all(fd, to, bytes - bytes / 3, 0);
	set(fd, IPPROTO_UDP, UDP_CORK, 0);
	sent(from, to, bytes, 1);
}

#define SEGMENTS 7

/* One send that the kernel cuts into datagrams (GSO), the last of them shorter. */
static inline void send_segments(int fd, const struct sockaddr_storage *from,
				 const struct sockaddr_storage *to, int bytes)
{
	int size = bytes < 2 ? 2 : bytes > 1400 ? 1400 : bytes, all = SEGMENTS * size - 1;

	set(fd, IPPROTO_UDP, UDP_SEGMENT, size);
	put_all(fd, to, all, 0);
	sent(from, to, all, SEGMENTS);
}

static inline void send_zerocopy(int fd, const struct sockaddr_storage *from,
				 const struct sockaddr_storage *to, int bytes)
{
	char control[256];
	struct msghdr m = {.msg_control = control, .msg_controllen = sizeof(control)};

	put_all(fd, to, bytes, MSG_ZEROCOPY);
	recvmsg(fd, &m,
		MSG_ERRQUEUE |
			MSG_DONTWAIT); /* the notice that the kernel has finished with a page */
	sent(from, to, bytes, 1);
}

static inline void prepare_zerocopy(int fd)
{
	set(fd, SOL_SOCKET, SO_ZEROCOPY, 1);
}

/* An IPv4 header that is longer than 20 bytes: four options that do nothing. */
static inline void prepare_options(int fd)
{
	char nothing[4] = {1, 1, 1, 1};

	must(setsockopt(fd, IPPROTO_IP, IP_OPTIONS, nothing, sizeof(nothing)), "IP_OPTIONS");
}

/* An extension header between IPv6's header and UDP's: one of padding. */
static inline void prepare_extension(int fd)
{
	char padding[8] = {0, 0, 1, 4};

	must(setsockopt(fd, IPPROTO_IPV6, IPV6_DSTOPTS, padding, sizeof(padding)), "IPV6_DSTOPTS");
}

static const struct sending sendings[] = {
	{"plain", 1, send_plain},
	{"write", 1, send_write},
	{"from", 1, send_from},
	{"many", BATCH, send_many},
	{"more", 1, send_more},
	{"cork", 1, send_corked},
	{"segments", SEGMENTS, send_segments},
	{"zerocopy", 1, send_zerocopy, prepare_zerocopy},
	{"options", 1, send_plain, prepare_options},
	{"extension", 1, send_plain, prepare_extension},
	{},
};

#endif
