/* SPDX-License-Identifier: Apache-2.0 */
/* Passing a connection from one process to another over a Unix socket, by SCM_RIGHTS. */
#ifndef TCPTOP_HANDOVER_H
#define TCPTOP_HANDOVER_H

#include "truth.h"

/* Passes the descriptor to another process, closes it here, and tells that process so. */
static inline void hand_over(int channel, int fd)
{
	char byte = 0, control[CMSG_SPACE(sizeof(int))] = {};
	struct iovec one = {&byte, 1};
	struct msghdr message = {.msg_iov = &one,
				 .msg_iovlen = 1,
				 .msg_control = control,
				 .msg_controllen = sizeof(control)};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(int));
	must(sendmsg(channel, &message, 0), "sendmsg");
	close(fd);
	must(send(channel, &byte, 1, 0), "send");
}

/* Returns the descriptor, which no other process holds any more; -1 at the channel's end. */
static inline int take_over(int channel)
{
	char byte, control[CMSG_SPACE(sizeof(int))];
	struct iovec one = {&byte, 1};
	struct msghdr message = {.msg_iov = &one,
				 .msg_iovlen = 1,
				 .msg_control = control,
				 .msg_controllen = sizeof(control)};
	int fd;

	if (!must(recvmsg(channel, &message, 0), "recvmsg"))
		return -1;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
	must(recv(channel, &byte, 1, 0), "recv");
	return fd;
}

#endif
