/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MPTCP: a worker accepts from its parent's listener, as servers in Go do by default, and holds the
 * connection longer than a search takes. tcp_mptcp_workload COUNT
 */
#include "end.h"

#define LONG_ENOUGH_MICROS 1000000

int main(int argc, char **argv)
{
	struct sockaddr_storage at = address("127.0.0.1", 9000);
	int listener = must(socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP), "socket");
	int count = argc == 2 ? atoi(argv[1]) : 0;
	char bytes[100] = {};
	pid_t worker, client;

	bounded();
	set_option(listener, SOL_SOCKET, SO_REUSEADDR, 1);
	bind_to(listener, &at);
	must(listen(listener, 100), "listen");
	worker = spawn("worker-%d", 0);
	if (!worker) {
		for (int i = 0; i < count; i++) {
			int fd = accept_next(listener);
			struct end e = inbound(fd);

			receive_all(fd, bytes, sizeof(bytes));
			e.in = sizeof(bytes);
			usleep(LONG_ENOUGH_MICROS);
			tell_end_as(&e, " pidSource=fd|close");
			close(fd);
		}
		return 0;
	}
	client = spawn("client-%d", 0);
	if (!client) {
		for (int i = 0; i < count; i++) {
			int fd = must(socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP), "socket");
			struct end e;

			must(connect(fd, (struct sockaddr *)&at, address_size(&at)), "connect");
			e = outbound(fd);
			send_all(fd, bytes, sizeof(bytes));
			e.out = sizeof(bytes);
			receive_all(fd, bytes, 0);
			must(recv(fd, bytes, 1, 0), "the end");
			tell_end_as(&e, " pidSource=connect|fd|close");
			close(fd);
		}
		return 0;
	}
	await_child(worker, 0);
	await_child(client, 0);
	return 0;
}
