#!/usr/bin/env bash
# TCP_INFO: a socket that is connected anew keeps the least RTT of its former connection.
#
# Surprise: connect() with AF_UNSPEC ends a connection and leaves the socket for another one. Bytes, segments and the
#   smoothed RTT begin anew, tcpi_min_rtt (`minrtt` of ss) does not: over a path of 160 ms it shows the microseconds of the
#   loopback connection before, for up to five minutes (net.ipv4.tcp_min_rtt_wlen).
# Matters: a monitor that shows the least RTT as the path's own gives a figure that no packet of this connection had.
# Seen with: Linux 6.1, 6.12 and 6.18.
. "$(dirname "$0")/lib.sh"

c_program reconnect -pthread <<'C'
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void must(int ok)
{
	if (!ok)
		exit(2);
}

static int tunnel;

struct packet {
	long length;
	unsigned char bytes[2000];
};

/* Lets a packet travel for 80 ms, then sends it back with its two addresses exchanged. */
static void *travel(void *argument)
{
	struct packet *p = argument;
	unsigned char source[4];

	usleep(80000);
	memcpy(source, p->bytes + 12, 4);
	memcpy(p->bytes + 12, p->bytes + 16, 4);
	memcpy(p->bytes + 16, source, 4);
	must(write(tunnel, p->bytes, p->length) == p->length);
	free(p);
	return NULL;
}

/* A path of 160 ms from 10.1.0.1 by way of 10.1.0.2 to itself. */
static void *path(void *unused)
{
	for (;;) {
		struct packet *p = malloc(sizeof(*p));
		pthread_t thread;

		p->length = read(tunnel, p->bytes, sizeof(p->bytes));
		if (p->length < 20 || p->bytes[0] >> 4 != 4)
			free(p);
		else
			must(!pthread_create(&thread, NULL, travel, p) && !pthread_detach(thread));
	}
	return unused;
}

static void connected(int client, const char *address, const char *name)
{
	struct sockaddr_in to = {AF_INET, htons(7000), {inet_addr(address)}};
	struct tcp_info i = {};
	socklen_t size = sizeof(i);

	must(!connect(client, (void *)&to, sizeof(to)));
	must(!getsockopt(client, IPPROTO_TCP, TCP_INFO, &i, &size));
	printf("%-9s RTT %s, least RTT %s, segments out %u\n", name, i.tcpi_rtt < 100000 ? "below 100 ms" : "above 100 ms",
	       i.tcpi_min_rtt < 100000 ? "below 100 ms" : "above 100 ms", i.tcpi_segs_out);
}

int main(void)
{
	struct sockaddr_in any = {AF_INET, htons(7000)};
	struct sockaddr none = {AF_UNSPEC};
	struct ifreq request = {.ifr_name = "path", .ifr_flags = IFF_TUN | IFF_NO_PI};
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	int again = socket(AF_INET, SOCK_STREAM, 0), anew = socket(AF_INET, SOCK_STREAM, 0);
	pthread_t thread;

	must((tunnel = open("/dev/net/tun", O_RDWR)) >= 0 && !ioctl(tunnel, TUNSETIFF, &request));
	must(!system("ip address add 10.1.0.1/24 dev path && ip link set path up"));
	must(!pthread_create(&thread, NULL, path, NULL));
	must(!bind(listener, (void *)&any, sizeof(any)) && !listen(listener, 5));
	connected(again, "127.0.0.1", "loopback");
	must(!connect(again, &none, sizeof(none)));
	connected(again, "10.1.0.2", "again");
	connected(anew, "10.1.0.2", "anew");
	return 0;
}
C

echo "Linux $(uname -r | cut -d. -f1,2)"
in_network "$work/reconnect" >"$work/seen"
expect "$work/seen" <<'SEEN'
loopback  RTT below 100 ms, least RTT below 100 ms, segments out 2
again     RTT above 100 ms, least RTT below 100 ms, segments out 2
anew      RTT above 100 ms, least RTT above 100 ms, segments out 2
SEEN
