/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A socket that is connected over loopback, and then anew over a path with a delay. The least RTT
 * of its first connection is not one of the second. tcp_reconnect_workload COUNT
 */
#include "end.h"
#include "relay.h"

static void exchange_with(const char *from, const char *to, int port, int fd)
{
	struct sockaddr_storage listens = address(from, port), at = address(to, port);
	struct sockaddr nothing = {.sa_family = AF_UNSPEC};
	int listener = listen_at(&listens, 0), accepted;
	char bytes[100] = {};
	struct end ends[2];

	must(connect(fd, (struct sockaddr *)&at, address_size(&at)), "connect");
	accepted = accept_next(listener);
	ends[0] = outbound(fd);
	ends[1] = inbound(accepted);
	for (int i = 0; i < 3; i++) {
		send_all(fd, bytes, sizeof(bytes));
		receive_all(accepted, bytes, sizeof(bytes));
		send_all(accepted, bytes, sizeof(bytes));
		receive_all(fd, bytes, sizeof(bytes));
	}
	ends[0].reason = ends[1].reason = "reset";
	ends[0].out = ends[0].in = ends[1].out = ends[1].in = 300;
	close(listener);
	close(accepted);
	receive_all(fd, bytes, 0);
	must(connect(fd, &nothing, sizeof(nothing)), "disconnect");
	tell_end_as(&ends[0], strcmp(from, to) ? " minRttMicros=-1" : "");
	tell_end(&ends[1]);
}

int main(int argc, char **argv)
{
	bounded();
	start_relay();
	for (int i = 0; argc == 2 && i < atoi(argv[1]); i++) {
		int fd = stream_socket(AF_INET);

		exchange_with("127.0.0.1", "127.0.0.1", 9000 + 2 * i, fd);
		exchange_with("10.7.0.1", "10.7.0.2", 9001 + 2 * i, fd);
		close(fd);
	}
	usleep(10 * DELAY_MICROS); /* the last reset is on its way, through a process of this one */
	return 0;
}
