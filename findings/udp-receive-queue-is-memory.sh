#!/usr/bin/env bash
# ss and /proc/net/udp: the receive queue of a UDP socket is in bytes of kernel memory, not of payload.
#
# Surprise: 10 datagrams of one byte that wait to be read are a Recv-Q of thousands. For TCP the same column is the payload
#   to the byte. What recv() can fetch is in neither: SIOCINQ gives the payload of the first datagram alone.
# Matters: a monitor that shows both under one heading compares payload with memory.
# Seen with: Linux 6.1 and 6.18, iproute2 6.1.0.
. "$(dirname "$0")/lib.sh"

c_program queues <<'C'
#include <arpa/inet.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void must(int ok)
{
	if (!ok)
		exit(2);
}

static void queue(const char *name, int type, int port)
{
	struct sockaddr_in at = {AF_INET, htons(port), {htonl(INADDR_LOOPBACK)}};
	int receiver = socket(AF_INET, type, 0), sender = socket(AF_INET, type, 0), first = 0;
	char command[200], line[20] = "";
	FILE *ss;

	must(!bind(receiver, (void *)&at, sizeof(at)));
	if (type == SOCK_STREAM)
		must(!listen(receiver, 1));
	must(!connect(sender, (void *)&at, sizeof(at)));
	if (type == SOCK_STREAM)
		must((receiver = accept(receiver, NULL, NULL)) >= 0);
	for (int n = 0; n < 10; n++)
		must(send(sender, "x", 1, 0) == 1);
	usleep(100000);
	must(!ioctl(receiver, SIOCINQ, &first));
	snprintf(command, sizeof(command), "ss -Han --%s state all sport = :%d | awk '$1 != \"LISTEN\" { print $2 }'",
		 name, port);
	must((ss = popen(command, "r")) && fgets(line, sizeof(line), ss) && !pclose(ss));
	printf("%s, 10 x 1 byte wait: Recv-Q is %s, SIOCINQ gives %d\n", name,
	       atoi(line) == 10 ? "10" : atoi(line) > 1000 ? "more than 1000" : line, first);
}

int main(void)
{
	queue("tcp", SOCK_STREAM, 7000);
	queue("udp", SOCK_DGRAM, 7001);
	return 0;
}
C

echo "Linux $(uname -r | cut -d. -f1,2), $(ss -V)"
in_network "$work/queues" >"$work/seen"
expect "$work/seen" <<'SEEN'
tcp, 10 x 1 byte wait: Recv-Q is 10, SIOCINQ gives 10
udp, 10 x 1 byte wait: Recv-Q is more than 1000, SIOCINQ gives 1
SEEN
