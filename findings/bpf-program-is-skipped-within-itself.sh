#!/usr/bin/env bash
# BPF tracing: an event is lost to a program where it comes while the program already runs on that processor.
#
# Surprise: an interrupt may come while a program of a tracepoint runs, and the packets that the interrupt handles pass the
#   same tracepoint. The kernel does not start the program a second time on a processor: it leaves that event out. Nothing
#   fails; only recursion_misses of the program (`bpftool prog show`) counts it, for all events of the program together.
# Matters: a monitor that waits for each connection's close misses some, more of them the longer its program takes. The
#   program here is made slow, so that a few thousand connections show it; a fast one needs hundreds of thousands.
# Seen with: Linux 6.1, 6.12 and 6.18, libbpf 1.1.2, clang 14.
. "$(dirname "$0")/lib.sh"

debian libbpf-dev libbpf1

bpf_program slow.bpf.o <<'C'
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char gpl[] SEC("license") = "GPL";

static long nothing(__u32 n, void *unused)
{
	return 0;
}

/* Slow for the processes of this finding alone. */
SEC("tp_btf/inet_sock_set_state")
int slow(void *unused)
{
	char name[16] = "";

	bpf_get_current_comm(name, sizeof(name));
	if (name[0] == 'f' && name[1] == 'i' && name[2] == 'n' && name[3] == 'd' && name[4] == 'i')
		bpf_loop(100000, nothing, NULL, 0);
	return 0;
}
C

c_program finding -I"$work/root/usr/include" -L"$libraries" -Wl,-rpath,"$libraries" -lbpf <<'C'
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PROCESSES = 4, SECONDS = 30 };

static void must(int ok)
{
	if (!ok)
		exit(2);
}

/* Makes connections and resets them, a number of times. */
static void connect_and_reset(int listener, const struct sockaddr_in *at)
{
	const struct linger reset = {1, 0};

	for (int n = 0; n < 200; n++) {
		int client = socket(AF_INET, SOCK_STREAM, 0), server = -1;

		must(!connect(client, (void *)at, sizeof(*at)) && (server = accept(listener, NULL, NULL)) >= 0);
		must(!setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)));
		close(client);
		close(server);
	}
}

static __u64 missed(int program)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	must(!bpf_obj_get_info_by_fd(program, &info, &size));
	return info.recursion_misses;
}

int main(int argc, char **argv)
{
	struct sockaddr_in at = {AF_INET, htons(7000), {htonl(INADDR_LOOPBACK)}};
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	struct bpf_object *object = bpf_object__open_file(argv[1], NULL);
	struct bpf_program *program;
	time_t end = time(NULL) + SECONDS;
	cpu_set_t one;

	must(object && !bpf_object__load(object));
	program = bpf_object__find_program_by_name(object, "slow");
	must(bpf_program__attach(program) != NULL);
	must(!bind(listener, (void *)&at, sizeof(at)) && !listen(listener, 100));
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	must(!sched_setaffinity(0, sizeof(one), &one));
	while (!missed(bpf_program__fd(program)) && time(NULL) < end) {
		for (int n = 0; n < PROCESSES; n++)
			if (!fork()) {
				connect_and_reset(listener, &at);
				_exit(0);
			}
		while (wait(NULL) > 0)
			;
	}
	printf("events that the program was not started for: %s\n", missed(bpf_program__fd(program)) ? "some" : "none");
	return 0;
}
C

echo "Linux $(uname -r | cut -d. -f1,2)"
in_network "$work/finding" "$work/slow.bpf.o" >"$work/seen"
expect "$work/seen" <<'SEEN'
events that the program was not started for: some
SEEN
