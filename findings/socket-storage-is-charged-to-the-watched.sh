#!/usr/bin/env bash
# BPF socket storage: what an observer keeps about a socket is charged to that socket, and makes the owner's own calls fail.
#
# Surprise: BPF_MAP_TYPE_SK_STORAGE takes its memory from the option memory of the socket (net.core.optmem_max, 20,480 bytes
#   by default before Linux 6.8, 131,072 since). A program that uses nearly all of it, here with a socket filter, gets ENOMEM
#   from setsockopt() as soon as somebody else watches its socket.
# Matters: a monitor that keeps its records there changes what it watches.
# Seen with: Linux 6.18, libbpf 1.1.2; with a UDP socket also 6.1 and 6.12.
. "$(dirname "$0")/lib.sh"

debian libbpf-dev libbpf1
c_program watched -I"$work/root/usr/include" -L"$libraries" -Wl,-rpath,"$libraries" -lbpf <<'C'
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { OPTION_MEMORY = 20480, RECORD = 144 };

static void must(int ok)
{
	if (!ok)
		exit(2);
}

/* A map with a record for a socket, as a monitor would make it. */
static int storage(void)
{
	struct btf *btf = btf__new_empty();
	int number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int record = btf__add_array(btf, number, number, RECORD / 4);

	must(record > 0 && !btf__load_into_kernel(btf));
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_NO_PREALLOC,
		    .btf_fd = btf__fd(btf), .btf_key_type_id = number, .btf_value_type_id = record);
	return bpf_map_create(BPF_MAP_TYPE_SK_STORAGE, "records", 4, RECORD, 0, &options);
}

/* Attaches a filter that takes every packet, after so many instructions that do nothing. */
static const char *attach(int socket)
{
	static struct sock_filter code[(OPTION_MEMORY - 400) / sizeof(struct sock_filter)];
	const size_t length = sizeof(code) / sizeof(*code);
	struct sock_fprog filter = {length, code};

	for (size_t i = 0; i < length; i++)
		code[i] = (struct sock_filter){BPF_LD | BPF_IMM, 0, 0, 0};
	code[length - 1] = (struct sock_filter){BPF_RET | BPF_K, 0, 0, 0xffff};
	return setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) ?
		       strerrorname_np(errno) : "attached";
}

int main(void)
{
	/* Not UDP: a monitor on the machine may watch such a socket from its creation on. */
	int alone = socket(AF_INET, SOCK_STREAM, 0), watched = socket(AF_INET, SOCK_STREAM, 0);
	int records = storage();
	char record[RECORD] = {};
	FILE *limit = fopen("/proc/sys/net/core/optmem_max", "w");

	if (limit) /* this namespace's own, since Linux 6.8 */
		must(fprintf(limit, "%d", OPTION_MEMORY) > 0 && !fclose(limit));
	must(records >= 0 && !bpf_map_update_elem(records, &watched, record, BPF_ANY));
	printf("a filter on a socket that nobody watches: %s\n", attach(alone));
	printf("the same with a record of %d bytes in socket storage: %s\n", RECORD, attach(watched));
	return 0;
}
C

echo "Linux $(uname -r | cut -d. -f1,2)"
in_network "$work/watched" >"$work/seen"
expect "$work/seen" <<'SEEN'
a filter on a socket that nobody watches: attached
the same with a record of 144 bytes in socket storage: ENOMEM
SEEN
