#!/usr/bin/env bash
# TCP: a socket can be connected to itself, and then there is a connection with one end.
#
# Surprise: connect() to the socket's own address and port succeeds without any listener (a simultaneous open with itself).
#   What it writes it reads. There is one row in ss with both addresses the same, and one socket's counters hold both
#   directions. It happens by chance to a client that keeps trying a local port in the range of ephemeral ports whose server
#   is down.
# Matters: a monitor that pairs the two ends of a local connection, keys by the pair of addresses without an order, or tells
#   inbound from outbound by who listens, has a case of its own here.
# Seen with: Linux 6.1 and 6.18, iproute2 6.1.0.
. "$(dirname "$0")/lib.sh"

c_program itself <<'C'
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void must(int ok)
{
	if (!ok)
		exit(2);
}

int main(void)
{
	struct sockaddr_in at = {AF_INET, htons(7000), {htonl(INADDR_LOOPBACK)}};
	int socket_ = socket(AF_INET, SOCK_STREAM, 0);
	char bytes[6] = "";

	must(!bind(socket_, (void *)&at, sizeof(at)) && !connect(socket_, (void *)&at, sizeof(at)));
	must(write(socket_, "hello", 5) == 5 && read(socket_, bytes, 5) == 5);
	printf("read back: %s\n", bytes);
	fflush(stdout);
	usleep(100000);
	return system("ss -Htani | grep -o -E -e '^ESTAB|127[^ ]*' -e 'bytes_(sent|received):[0-9]*' | xargs");
}
C

echo "Linux $(uname -r | cut -d. -f1,2), $(ss -V)"
in_network "$work/itself" >"$work/seen"
expect "$work/seen" <<'SEEN'
read back: hello
ESTAB 127.0.0.1:7000 127.0.0.1:7000 bytes_sent:5 bytes_received:5
SEEN
