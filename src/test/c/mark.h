/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mark of the sending socket says what the packet filter of the network namespace does with a
 * packet on its arrival (TruthFilter.java has the rules). On arrival, because the sender learns of
 * a packet that is dropped before.
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
	MARK_LOSE_SOME_AT_SENDER, /* the sender learns of it */
};

static inline void mark(int fd, enum mark mark)
{
	set_option(fd, SOL_SOCKET, SO_MARK, mark);
}

#endif
