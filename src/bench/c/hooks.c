// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Attaches programs that do nothing to the hooks of tcptop's cgroup_skb programs, until it is
 * ended: the cost of the hooks alone.
 *
 *   hooks CGROUP
 */
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signal.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(enum bpf_cmd command, union bpf_attr *attr)
{
	int result = syscall(SYS_bpf, command, attr, sizeof(*attr));

	if (result < 0) {
		perror("hooks");
		exit(1);
	}
	return result;
}

/* The link, and with it the program, goes with the process. */
static void attach(int cgroup, enum bpf_attach_type type)
{
	static const struct bpf_insn pass[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1},
		{.code = BPF_JMP | BPF_EXIT},
	};
	union bpf_attr program = {
		.prog_type = BPF_PROG_TYPE_CGROUP_SKB,
		.expected_attach_type = type,
		.insns = (uintptr_t)pass,
		.insn_cnt = 2,
		.license = (uintptr_t) "GPL",
	};
	union bpf_attr link = {.link_create = {.target_fd = cgroup, .attach_type = type}};

	link.link_create.prog_fd = bpf(BPF_PROG_LOAD, &program);
	bpf(BPF_LINK_CREATE, &link);
}

int main(int argc, char **argv)
{
	int cgroup = argc == 2 ? open(argv[1], O_RDONLY | O_DIRECTORY) : -1;

	if (cgroup < 0) {
		perror("hooks CGROUP");
		return 2;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	attach(cgroup, BPF_CGROUP_INET_INGRESS);
	attach(cgroup, BPF_CGROUP_INET_EGRESS);
	pause();
}
