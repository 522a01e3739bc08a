#!/usr/bin/env bash
# /proc/net/snmp, UDP: InDatagrams counts what processes read, not what arrived; OutDatagrams counts ten datagrams as one.
#
# Surprise: a datagram is counted in InDatagrams when recv() takes it. One that waits in a socket is in no counter, and one
#   that still waits when the socket is closed never gets into any: neither InDatagrams nor InErrors. On the sending side a
#   buffer that the kernel cuts into datagrams (UDP_SEGMENT, as QUIC servers send) is one in OutDatagrams, whatever it is cut
#   into.
# Matters: these counters (also nstat's and node exporters') are no yardstick for datagrams on the wire or for losses.
# Seen with: Linux 6.1 and 6.18.
. "$(dirname "$0")/lib.sh"

c_program datagrams <<'C'
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

static void must(int ok)
{
	if (!ok)
		exit(2);
}

/* This namespace's counters. */
static void show(const char *what)
{
	unsigned long in, no_port, errors, out;
	FILE *f = fopen("/proc/net/snmp", "r");
	char line[400];

	must(f != NULL);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "Udp: %lu %lu %lu %lu", &in, &no_port, &errors, &out) == 4)
			printf("%-36s InDatagrams %2lu, InErrors %lu, OutDatagrams %2lu\n", what, in, errors, out);
	fclose(f);
}

int main(void)
{
	struct sockaddr_in at = {AF_INET, htons(7000), {htonl(INADDR_LOOPBACK)}};
	int receiver = socket(AF_INET, SOCK_DGRAM, 0), sender = socket(AF_INET, SOCK_DGRAM, 0), segment = 100;
	char bytes[1000] = {};

	must(!bind(receiver, (void *)&at, sizeof(at)) && !connect(sender, (void *)&at, sizeof(at)));
	for (int n = 0; n < 10; n++)
		must(send(sender, bytes, 100, 0) == 100);
	show("10 sent");
	for (int n = 0; n < 4; n++)
		must(recv(receiver, bytes, 100, 0) == 100);
	show("4 of them read");
	must(!setsockopt(sender, IPPROTO_UDP, UDP_SEGMENT, &segment, sizeof(segment)));
	must(send(sender, bytes, 1000, 0) == 1000);
	show("10 more sent, from one buffer");
	for (int n = 0; n < 8; n++)
		must(recv(receiver, bytes, 100, 0) == 100);
	show("8 more read");
	close(receiver);
	show("the receiver closed with 8 unread");
	return 0;
}
C

echo "Linux $(uname -r | cut -d. -f1,2)"
in_network "$work/datagrams" >"$work/seen"
expect "$work/seen" <<'SEEN'
10 sent                              InDatagrams  0, InErrors 0, OutDatagrams 10
4 of them read                       InDatagrams  4, InErrors 0, OutDatagrams 10
10 more sent, from one buffer        InDatagrams  4, InErrors 0, OutDatagrams 11
8 more read                          InDatagrams 12, InErrors 0, OutDatagrams 11
the receiver closed with 8 unread    InDatagrams 12, InErrors 0, OutDatagrams 11
SEEN
