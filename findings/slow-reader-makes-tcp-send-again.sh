#!/usr/bin/env bash
# TCP: a reader that pauses makes the sender retransmit, although nothing was lost.
#
# Surprise: a process writes 100,000 bytes over loopback and the other end reads them two seconds later. The sender's loss
#   probe (TLP) sends the last segment again, 34,518 bytes, and tcpi_total_retrans and tcpi_bytes_retrans count that like a
#   lost packet. With MPTCP the subflow carries more than was written too, from one byte to some thousands, and nothing calls
#   it a retransmission.
# Matters: retransmissions, which monitors show as the network's fault, can be the reading process's; and an MPTCP subflow's
#   bytes are not what its process wrote.
# Seen with: Linux 6.12 and 6.18; with 6.1 the rows of MPTCP alone.
. "$(dirname "$0")/lib.sh"

c_program transfer <<'C'
#include <arpa/inet.h>
#include <linux/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

enum { WRITTEN = 100000 };

static void must(int ok)
{
	if (!ok)
		exit(2);
}

static void transfer(const char *name, int protocol, int port, unsigned pause)
{
	static char bytes[WRITTEN];
	struct sockaddr_in at = {AF_INET, htons(port), {htonl(INADDR_LOOPBACK)}};
	int listener = socket(AF_INET, SOCK_STREAM, protocol), client = socket(AF_INET, SOCK_STREAM, protocol);
	struct tcp_info i = {};
	socklen_t size = sizeof(i);
	int server;

	if (protocol == IPPROTO_TCP) /* whatever the machine's default */
		must(!setsockopt(client, IPPROTO_TCP, TCP_CONGESTION, "reno", 4));
	must(!bind(listener, (void *)&at, sizeof(at)) && !listen(listener, 1));
	must(!connect(client, (void *)&at, sizeof(at)));
	must((server = accept(listener, NULL, NULL)) >= 0);
	if (!fork())
		_exit(write(client, bytes, WRITTEN) != WRITTEN);
	sleep(pause);
	must(recv(server, bytes, WRITTEN, MSG_WAITALL) == WRITTEN);
	must(wait(NULL) > 0);
	usleep(100000);
	must(!getsockopt(client, IPPROTO_TCP, TCP_INFO, &i, &size));
	printf("%-22s sent %s, of that called retransmitted: %s\n", name,
	       i.tcpi_bytes_sent == WRITTEN ? "what was written" : "more than was written",
	       i.tcpi_bytes_retrans ? "some" : "none");
}

int main(void)
{
	transfer("TCP, read at once", IPPROTO_TCP, 7000, 0);
	transfer("TCP, read after 2 s", IPPROTO_TCP, 7001, 2);
	transfer("MPTCP, read at once", IPPROTO_MPTCP, 7002, 0);
	transfer("MPTCP, read after 2 s", IPPROTO_MPTCP, 7003, 2);
	return 0;
}
C

echo "Linux $(uname -r | cut -d. -f1,2)"
in_network "$work/transfer" >"$work/seen"
expect "$work/seen" <<'SEEN'
TCP, read at once      sent what was written, of that called retransmitted: none
TCP, read after 2 s    sent more than was written, of that called retransmitted: some
MPTCP, read at once    sent what was written, of that called retransmitted: none
MPTCP, read after 2 s  sent more than was written, of that called retransmitted: none
SEEN
