/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the packet filter of the network namespace does with a packet on its arrival, by the mark
 * of the socket that sent it (TruthFilter.java has the rules). On arrival, since a sender is told
 * of what is dropped before.
 */
#ifndef TCPTOP_MARK_H
#define TCPTOP_MARK_H

#include "sockets.h"

enum mark {
	MARK_NONE,
	MARK_DROP,
	MARK_HOST_UNREACHABLE,
	MARK_NET_UNREACHABLE,
	MARK_PROHIBITED,
	MARK_PORT_UNREACHABLE,
	MARK_RESET,
	MARK_LOSE_SOME,
	MARK_LOSE_SOME_AT_SENDER, /* which is told */
};

static inline void mark(int fd, enum mark mark)
{
	set_option(fd, SOL_SOCKET, SO_MARK, mark);
}

#endif
