#!/usr/bin/env bash
# Sockmap: data that BPF hands from socket to socket is in no counter of either connection.
#
# Surprise: with an sk_msg program that redirects to the other socket's receive queue (as service meshes and Cilium do
#   between local sockets) 100,000 bytes reach the reader, while tcpi_bytes_sent, bytes_received and the segment counters of
#   both ends stay where the handshake left them. On the wire, lo included, there is nothing either.
# Matters: whoever reads the kernel's counters, ss too, or captures packets, sees an idle connection.
# Seen with: Linux 6.1 and 6.18, libbpf 1.1.2, clang 14.
. "$(dirname "$0")/lib.sh"

debian libbpf-dev libbpf1

bpf_program redirect.bpf.o <<'C'
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 2); /* sender, receiver */
	__type(key, __u32);
	__type(value, __u64);
} sockets SEC(".maps");

SEC("sk_msg")
int redirect(struct sk_msg_md *message)
{
	return bpf_msg_redirect_map(message, &sockets, 1, BPF_F_INGRESS);
}
C

c_program exchange -I"$work/root/usr/include" -L"$libraries" -Wl,-rpath,"$libraries" -lbpf <<'C'
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BYTES = 100000 };

static void must(int ok)
{
	if (!ok)
		exit(2);
}

static struct tcp_info info(int fd)
{
	struct tcp_info i = {};
	socklen_t size = sizeof(i);

	must(!getsockopt(fd, IPPROTO_TCP, TCP_INFO, &i, &size));
	return i;
}

static void connected(int port, int ends[2])
{
	struct sockaddr_in at = {AF_INET, htons(port), {htonl(INADDR_LOOPBACK)}};
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	ends[0] = socket(AF_INET, SOCK_STREAM, 0);
	must(!bind(listener, (void *)&at, sizeof(at)) && !listen(listener, 1));
	must(!connect(ends[0], (void *)&at, sizeof(at)));
	must((ends[1] = accept(listener, NULL, NULL)) >= 0);
}

static void exchange(const char *name, const int ends[2])
{
	static char bytes[BYTES];
	int left = BYTES;

	if (!fork())
		_exit(write(ends[0], bytes, BYTES) != BYTES);
	while (left) {
		int n = read(ends[1], bytes, left);

		must(n > 0);
		left -= n;
	}
	must(wait(NULL) > 0);
	usleep(100000);
	printf("%-12s %d bytes read; counted as sent %llu, as received %llu\n", name, BYTES, info(ends[0]).tcpi_bytes_sent,
	       info(ends[1]).tcpi_bytes_received);
}

int main(int argc, char **argv)
{
	struct bpf_object *object = bpf_object__open_file(argv[1], NULL);
	int plain[2], redirected[2], map;

	must(object && !bpf_object__load(object));
	map = bpf_object__find_map_fd_by_name(object, "sockets");
	connected(7000, plain);
	exchange("plain:", plain);
	connected(7001, redirected);
	must(!bpf_prog_attach(bpf_program__fd(bpf_object__find_program_by_name(object, "redirect")), map,
			      BPF_SK_MSG_VERDICT, 0));
	for (__u32 end = 0; end < 2; end++) {
		__u64 socket_ = redirected[end];

		must(!bpf_map_update_elem(map, &end, &socket_, BPF_ANY));
	}
	exchange("redirected:", redirected);
	return 0;
}
C

echo "Linux $(uname -r | cut -d. -f1,2)"
in_network "$work/exchange" "$work/redirect.bpf.o" >"$work/seen"
expect "$work/seen" <<'SEEN'
plain:       100000 bytes read; counted as sent 100000, as received 100000
redirected:  100000 bytes read; counted as sent 0, as received 0
SEEN
