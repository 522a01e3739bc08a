/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections that are restored, as CRIU does after a migration: both ends get their sequence
 * numbers by TCP_REPAIR, and no SYN is sent. tcp_repair_workload COUNT
 */
#include "end.h"

static void set_tcp(int fd, int option, int value)
{
	must(setsockopt(fd, IPPROTO_TCP, option, &value, sizeof(value)), "setsockopt");
}

/* An end whose next byte has the number own, and the peer's the number others. */
static int restored(const struct sockaddr_storage *at, const struct sockaddr_storage *to, int own,
		    int others)
{
	int fd = must(socket(AF_INET, SOCK_STREAM, 0), "socket");

	set_tcp(fd, TCP_REPAIR, 1);
	set_tcp(fd, TCP_REPAIR_QUEUE, TCP_SEND_QUEUE);
	set_tcp(fd, TCP_QUEUE_SEQ, own);
	set_tcp(fd, TCP_REPAIR_QUEUE, TCP_RECV_QUEUE);
	set_tcp(fd, TCP_QUEUE_SEQ, others);
	must(bind(fd, (const struct sockaddr *)at, sizeof(struct sockaddr_in)), "bind");
	must(connect(fd, (const struct sockaddr *)to, sizeof(struct sockaddr_in)), "connect");
	return fd;
}

int main(int argc, char **argv)
{
	bounded();
	for (int i = 0; argc == 2 && i < atoi(argv[1]); i++) {
		struct sockaddr_storage one = address("127.0.0.1", 10000 + i);
		struct sockaddr_storage other = address("127.0.0.1", 20000 + i);
		int a = restored(&one, &other, 1000, 5000);
		int b = restored(&other, &one, 5000, 1000);
		struct end ends[2];
		char bytes[100] = {};

		/* Each probes the other for its window; the first probe finds it in repair. */
		set_tcp(b, TCP_REPAIR, 0);
		set_tcp(a, TCP_REPAIR, 0);
		must(send(a, bytes, sizeof(bytes), 0), "send");
		must(recv(b, bytes, sizeof(bytes), MSG_WAITALL), "recv");
		ends[0] = outbound(a);
		ends[1] = outbound(b);
		ends[0].out = ends[1].in = 100;
		ends[0].direction = ends[1].direction = "unknown";
		close(a);
		close(b);
		tell_end(&ends[0]);
		tell_end(&ends[1]);
	}
	return 0;
}
