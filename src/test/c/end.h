/* SPDX-License-Identifier: Apache-2.0 */
/* One end of a TCP connection, and what is true of it. */
#ifndef TCPTOP_END_H
#define TCPTOP_END_H

#include "sockets.h"

#include <inttypes.h>

struct end {
	struct sockaddr_storage local, remote;
	uint64_t out, in; /* payload bytes */
	const char *direction;
	const char *source; /* pidSource */
	const char *reason; /* closeReason */
	int counted;	    /* 1: info has the kernel's final counters */
	struct tcp_info info;
};

static inline struct end outbound(int fd)
{
	return (struct end){.local = name_of(fd),
			    .remote = peer_of(fd),
			    .direction = "outbound",
			    .source = "connect",
			    .reason = "normal"};
}

static inline struct end inbound(int fd)
{
	return (struct end){.local = name_of(fd),
			    .remote = peer_of(fd),
			    .direction = "inbound",
			    .source = "accept",
			    .reason = "normal"};
}

/* Waits until the kernel can count nothing more, and takes its counters. */
static inline void count(struct end *e, int fd)
{
	e->info = await_closed(fd);
	e->counted = 1;
}

static inline const char *family_of(const struct sockaddr_storage *at)
{
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)at;

	return at->ss_family == AF_INET || IN6_IS_ADDR_V4MAPPED(&six->sin6_addr) ? "ipv4" : "ipv6";
}

/* -1: the round-trip time was never measured. */
static inline int measured(uint32_t micros)
{
	return micros && micros != UINT32_MAX ? (int)micros : -1;
}

/*
 * Prints the end's truth with the current process as its owner; further words replace earlier ones.
 */
static inline void tell_end_as(const struct end *e, const char *further)
{
	const struct tcp_info *info = &e->info;
	char counters[160] = "";

	if (e->counted)
		snprintf(counters, sizeof(counters),
			 "packetsOut=%u packetsIn=%u retransmits=%u rttMicros=%d minRttMicros=%d ",
			 info->tcpi_segs_out, info->tcpi_segs_in, info->tcpi_total_retrans,
			 measured(info->tcpi_rtt), measured(info->tcpi_min_rtt));
	tell("tcp", &e->local, &e->remote,
	     "family=%s direction=%s pidSource=%s partial=false uid=%u closeReason=%s %s"
	     "bytesOut=%" PRIu64 " bytesIn=%" PRIu64 " lifetimeBytesOut=%" PRIu64
	     " lifetimeBytesIn=%" PRIu64 "%s",
	     family_of(&e->remote), e->direction, e->source, getuid(), e->reason, counters, e->out,
	     e->in, e->out, e->in, further);
}

static inline void tell_end(const struct end *e)
{
	tell_end_as(e, "");
}

#endif
