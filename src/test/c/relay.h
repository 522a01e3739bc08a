/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A link with a delay, for kernels without netem: a TUN interface with the address 10.7.0.1. A
 * process at its other end sends each packet back after DELAY_MICROS with its two addresses
 * exchanged (the checksums stay valid). So 10.7.0.2 is this host behind the link, and a connection
 * to it reaches 10.7.0.1.
 */
#ifndef TCPTOP_RELAY_H
#define TCPTOP_RELAY_H

#include "sockets.h"

#include <linux/if_tun.h>
#include <sys/ioctl.h>
#include <time.h>

#define DELAY_MICROS 20000
#define PACKETS_HELD 1024 /* further packets are dropped */

static inline int64_t micros_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000ll + t.tv_nsec / 1000;
}

static inline void relay(int tun)
{
	static struct held {
		int64_t due;
		int bytes;
		unsigned char packet[1600];
	} held[PACKETS_HELD];
	unsigned first = 0, next = 0;

	for (;;) {
		struct pollfd readable = {.fd = tun, .events = POLLIN};
		struct held *h = &held[first % PACKETS_HELD];
		int64_t wait = first == next ? 1000000 : h->due - micros_now();
		struct timespec timeout = {wait / 1000000, wait % 1000000 * 1000};

		if (first != next && wait <= 0) {
			/* The fourth and fifth words of an IPv4 header: source and destination. */
			uint32_t *words = (uint32_t *)h->packet, source = words[3];

			words[3] = words[4];
			words[4] = source;
			must(write(tun, h->packet, h->bytes), "write to the tunnel");
			first++;
		} else if (ppoll(&readable, 1, &timeout, NULL) > 0) {
			h = &held[next % PACKETS_HELD];
			h->bytes = must(read(tun, h->packet, sizeof(h->packet)), "read the tunnel");
			h->due = micros_now() + DELAY_MICROS;
			if (next - first < PACKETS_HELD - 1 && h->packet[0] >> 4 == 4)
				next++;
		}
	}
}

/* Sets the link up, and starts the process behind it, which ends with this one. */
static inline void start_relay(void)
{
	struct ifreq request = {.ifr_name = "truthtun", .ifr_flags = IFF_TUN | IFF_NO_PI};
	int tun = open("/dev/net/tun", O_RDWR);

	if (tun < 0 && errno == ENOENT && !system("modprobe tun"))
		tun = open("/dev/net/tun", O_RDWR);
	must(tun, "/dev/net/tun");
	must(ioctl(tun, TUNSETIFF, &request), "TUNSETIFF");
	if (system("ip addr add 10.7.0.1/24 dev truthtun && ip link set truthtun mtu 1500 up"))
		die("set the tunnel up");
	if (!spawn("relay-%d", 0))
		relay(tun);
	close(tun);
}

#endif
