/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The processes that end, or take another name, for instance by exec. */
#ifndef TCPTOP_CHANGE_H
#define TCPTOP_CHANGE_H

#include <bpf/bpf_tracing.h>

#include "owner.h"

SEC("tp_btf/sched_process_exit")
int BPF_PROG(tcptop_exit, struct task_struct *task)
{
	if (!task->signal->live.counter) /* its last thread */
		owner_note_change(task->tgid);
	return 0;
}

SEC("tp_btf/task_rename")
int BPF_PROG(tcptop_rename, struct task_struct *task)
{
	if (task->pid == task->tgid) /* a process has its first thread's name */
		owner_note_change(task->tgid);
	return 0;
}

#endif
