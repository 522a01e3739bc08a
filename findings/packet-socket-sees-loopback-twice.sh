#!/usr/bin/env bash
# Packet sockets: on lo each packet arrives twice, once as outgoing and once as incoming.
#
# Surprise: 10 datagrams over loopback are 20 packets to a socket of AF_PACKET that takes every protocol, and 10 in the
#   interface's own counters. sll_pkttype tells the two apart. libpcap drops the outgoing ones of lo by itself, so tcpdump
#   does not show it.
# Matters: a monitor with a packet socket of its own has to leave one of the two out on lo, and must not do so on any other
#   interface.
# Seen with: Linux 6.1, 6.12 and 6.18.
. "$(dirname "$0")/lib.sh"

c_program capture <<'C'
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The counters of lo in this network namespace. */
static void show_lo(void)
{
	unsigned long received, sent;
	char line[400];
	FILE *f = fopen("/proc/self/net/dev", "r");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, " lo: %*u %lu %*u %*u %*u %*u %*u %*u %*u %lu", &received, &sent) == 2)
			printf("lo itself: %lu received, %lu sent\n", received, sent);
}

int main(void)
{
	struct sockaddr_in at = {AF_INET, htons(7000), {htonl(INADDR_LOOPBACK)}};
	int capture = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_ALL));
	int receiver = socket(AF_INET, SOCK_DGRAM, 0), sender = socket(AF_INET, SOCK_DGRAM, 0);
	int incoming = 0, outgoing = 0;
	struct sockaddr_ll from;
	socklen_t size = sizeof(from);
	char packet[200];

	if (bind(receiver, (void *)&at, sizeof(at)))
		return 2;
	for (int n = 0; n < 10; n++)
		if (sendto(sender, "x", 1, 0, (void *)&at, sizeof(at)) != 1)
			return 2;
	usleep(100000);
	while (recvfrom(capture, packet, sizeof(packet), MSG_DONTWAIT, (void *)&from, &size) > 0) {
		incoming += from.sll_pkttype == PACKET_HOST;
		outgoing += from.sll_pkttype == PACKET_OUTGOING;
	}
	printf("packet socket: %d incoming and %d outgoing\n", incoming, outgoing);
	show_lo();
	return 0;
}
C

echo "Linux $(uname -r | cut -d. -f1,2)"
in_network "$work/capture" >"$work/seen"
expect "$work/seen" <<'SEEN'
packet socket: 10 incoming and 10 outgoing
lo itself: 10 received, 10 sent
SEEN
