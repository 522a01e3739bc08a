/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The processes that end, or take another name, for instance by exec. */
#ifndef TCPTOP_CHANGE_H
#define TCPTOP_CHANGE_H

#include <bpf/bpf_tracing.h>

#include "owner.h"

SEC("tp_btf/sched_process_exit")
int BPF_PROG(tcptop_exit, struct task_struct *task)
{
	__u32 pid = task->tgid;

	if (task->signal->live.counter) /* not its last thread */
		return 0;
	bpf_map_delete_elem(&renames, &pid);
	owner_note_change(pid);
	return 0;
}

SEC("tp_btf/task_rename")
int BPF_PROG(tcptop_rename, struct task_struct *task, const char *comm)
{
	char name[PROCESS_NAME_BYTES] = {};
	__u32 pid = task->tgid;

	if (task->pid != task->tgid) /* a process has its first thread's name */
		return 0;
	bpf_probe_read_kernel_str(name, sizeof(name), comm);
	bpf_map_update_elem(&renames, &pid, name, BPF_ANY);
	owner_note_change(pid);
	return 0;
}

#endif
