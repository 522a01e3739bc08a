#!/usr/bin/env bash
# Accept queue: a connection can be ESTABLISHED, and its data acknowledged, while it belongs to no process.
#
# Surprise: the kernel completes the handshake and takes data before the server calls accept(). Until then /proc/net/tcp
#   gives the inode 0 and `ss -p` no process, though the client sees its data acknowledged. A server that hangs has a queue
#   of connections that move bytes and that nobody owns.
# Matters: "no owner" is not "the process has ended"; the owner can only be taken from the listener until accept() is called.
# Seen with: Linux 6.1, 6.12 and 6.18, iproute2 6.1.0.
. "$(dirname "$0")/lib.sh"

c_program queue <<'C'
#include <arpa/inet.h>
#include <linux/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void must(int ok)
{
	if (!ok)
		exit(2);
}

/* What is to be seen of the server's end. */
static void show(const char *when)
{
	char line[400] = "";
	FILE *ss = popen("ss -Htanpe state established sport = :7000", "r");

	must(ss && fgets(line, sizeof(line), ss) && !pclose(ss));
	printf("%-16s ESTAB, Recv-Q %d, inode %s, process %s\n", when, atoi(line),
	       strstr(line, "ino:0 ") ? "0" : "not 0", strstr(line, "users:") ? "known" : "none");
}

int main(void)
{
	struct sockaddr_in at = {AF_INET, htons(7000), {htonl(INADDR_LOOPBACK)}};
	int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
	struct tcp_info i = {};
	socklen_t size = sizeof(i);

	must(!bind(listener, (void *)&at, sizeof(at)) && !listen(listener, 1));
	must(!connect(client, (void *)&at, sizeof(at)));
	must(write(client, "request", 7) == 7);
	usleep(100000);
	must(!getsockopt(client, IPPROTO_TCP, TCP_INFO, &i, &size));
	printf("client: %d bytes sent, not acknowledged: %u\n", 7, i.tcpi_unacked);
	show("before accept():");
	must(accept(listener, NULL, NULL) >= 0);
	show("after accept():");
	return 0;
}
C

echo "Linux $(uname -r | cut -d. -f1,2), $(ss -V)"
in_network "$work/queue" >"$work/seen"
expect "$work/seen" <<'SEEN'
client: 7 bytes sent, not acknowledged: 0
before accept(): ESTAB, Recv-Q 7, inode 0, process none
after accept():  ESTAB, Recv-Q 7, inode not 0, process known
SEEN
