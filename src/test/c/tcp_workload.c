/* SPDX-License-Identifier: Apache-2.0 */
/* TCP traffic whose every figure is known. tcp_workload CASE [ARGUMENT...] */
#include "truth.h"

#include <netinet/in.h>
#include <sys/wait.h>

static struct sockaddr_storage loopback(uint8_t last, uint16_t port)
{
	struct sockaddr_storage at = {};
	struct sockaddr_in *in = (struct sockaddr_in *)&at;

	in->sin_family = AF_INET;
	in->sin_addr.s_addr = htonl(0x7f000000 + last);
	in->sin_port = htons(port);
	return at;
}

static struct sockaddr_storage name_of(int fd)
{
	struct sockaddr_storage at;
	socklen_t size = sizeof(at);

	must(getsockname(fd, (struct sockaddr *)&at, &size), "getsockname");
	return at;
}

static struct sockaddr_storage peer_of(int fd)
{
	struct sockaddr_storage at;
	socklen_t size = sizeof(at);

	must(getpeername(fd, (struct sockaddr *)&at, &size), "getpeername");
	return at;
}

/* One process is both ends: COUNT connections, each with a request and an answer. */
static void short_ones(int count)
{
	struct sockaddr_storage at = loopback(1, 0);
	int listener = must(socket(AF_INET, SOCK_STREAM, 0), "socket");

	must(bind(listener, (struct sockaddr *)&at, sizeof(struct sockaddr_in)), "bind");
	must(listen(listener, 64), "listen");
	at = name_of(listener);
	for (int i = 0; i < count; i++) {
		int out = must(socket(AF_INET, SOCK_STREAM, 0), "socket"), in;
		struct sockaddr_storage local, remote;
		char bytes[100];
		int request = 1 + i % 100, answer = 1 + i % 37;

		must(connect(out, (struct sockaddr *)&at, sizeof(struct sockaddr_in)), "connect");
		in = must(accept(listener, NULL, NULL), "accept");
		must(write(out, bytes, request), "write");
		must(recv(in, bytes, request, MSG_WAITALL), "read");
		must(write(in, bytes, answer), "write");
		must(recv(out, bytes, answer, MSG_WAITALL), "read");
		local = name_of(out), remote = peer_of(out);
		tell("tcp", &local, &remote,
		     "direction=outbound pidSource=connect bytesOut=%d bytesIn=%d "
		     "closeReason=normal partial=false",
		     request, answer);
		tell("tcp", &remote, &local,
		     "direction=inbound pidSource=accept bytesOut=%d bytesIn=%d "
		     "closeReason=normal partial=false",
		     answer, request);
		close(out);
		close(in);
	}
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "short")) {
		short_ones(atoi(argv[2]));
		return 0;
	}
	fprintf(stderr, "usage: tcp_workload short COUNT\n");
	return 2;
}
