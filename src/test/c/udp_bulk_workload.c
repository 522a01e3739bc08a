/* SPDX-License-Identifier: Apache-2.0 */
/* UDP traffic whose every figure is known: a great deal of it. udp_bulk_workload COUNT */
#include "process.h"
#include "udp_receive.h"
#include "udp_send.h"

#define PAIRS 4

/*
 * A sender that the receiver lets run ahead by some datagrams only, so that no queue on the way is
 * ever full: what send() took has then reached the other end.
 */
#define AHEAD 100

static void sender(int pair, int count)
{
	struct sockaddr_storage to = next_address(), from = address("127.0.0.1", 0);
	int fd = bound(&from);

	connect_to(fd, &to);
	from = name_of(fd);
	for (int i = 1; i <= count; i++) {
		send_plain(fd, &from, &to, (i + pair) % 1400);
		if (i % AHEAD == 0)
			receive_plain(fd, &from, &to);
	}
	tell_ends();
	exit(0);
}

static void receiver(int count)
{
	struct sockaddr_storage at = address("127.0.0.1", 0), from;
	int fd = bound(&at);

	at = name_of(fd);
	post_address(at);
	for (int i = 1; i <= count; i++) {
		receive_plain(fd, &at, &from);
		if (i % AHEAD == 0)
			send_plain(fd, &at, &from, 1);
	}
	tell_ends();
	exit(0);
}

int main(int argc, char **argv)
{
	int count;

	if (argc != 2) {
		fprintf(stderr, "usage: udp_bulk_workload COUNT\n");
		return 2;
	}
	/* In hundreds, so that each flow's last datagram is an answered one. */
	count = (atoi(argv[1]) / PAIRS + AHEAD - 1) / AHEAD * AHEAD;
	begin_workload("bulk");
	for (int i = 0; i < PAIRS; i++) {
		if (!split("receiver"))
			receiver(count);
		if (!split("sender"))
			sender(i, count);
	}
	join();
	return 0;
}
