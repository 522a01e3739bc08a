/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A great many datagrams, of which every figure is known. udp_bulk_workload COUNT [PAUSE]
 * PAUSE: milliseconds to wait after each hundred datagrams, plus up to 2 ms more that vary.
 */
#include "process.h"
#include "udp_receive.h"
#include "udp_send.h"

#define PAIRS 4

/*
 * The sender may be ahead of the receiver by this many datagrams, so that no queue between them is
 * ever full: then each datagram that send() accepted has reached the receiver's socket.
 */
#define AHEAD 100

static void sender(int pair, int count, int pause_millis)
{
	struct sockaddr_storage to = next_address(), from = address("127.0.0.1", 0);
	int fd = bound(&from);

	connect_to(fd, &to);
	from = name_of(fd);
	for (int i = 1; i <= count; i++) {
		send_plain(fd, &from, &to, (i + pair) % 1400);
		if (i % AHEAD == 0)
			receive_plain(fd, &from, &to);
		if (i % AHEAD == 0 && pause_millis)
			usleep(pause_millis * 1000 + i / AHEAD % 40 * 50);
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
	int count, pause_millis = argc == 3 ? atoi(argv[2]) : 0;

	if (argc < 2) {
		fprintf(stderr, "usage: udp_bulk_workload COUNT [PAUSE]\n");
		return 2;
	}
	/* A multiple of AHEAD, so that each flow's last datagram is answered. */
	count = (atoi(argv[1]) / PAIRS + AHEAD - 1) / AHEAD * AHEAD;
	begin_workload("bulk");
	for (int i = 0; i < PAIRS; i++) {
		if (!split("receiver"))
			receiver(count);
		if (!split("sender"))
			sender(i, count, pause_millis);
	}
	join();
	return 0;
}
