/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Which process owns a socket or flow. */
#ifndef TCPTOP_OWNER_H
#define TCPTOP_OWNER_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "maps.h"

/*
 * Makes a task's process the owner. Not a kernel thread: it may work for a process (a late close,
 * say), but does not tell for which.
 */
static __always_inline void own(struct owner *owner, struct task_struct *task,
				enum pid_source source)
{
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);

	if (BPF_CORE_READ(task, flags) & PF_KTHREAD)
		return;
	bpf_probe_read_kernel_str(owner->process, sizeof(owner->process), &leader->comm);
	owner->pid = BPF_CORE_READ(task, tgid);
	owner->source = source;
}

/* Only where the current task itself works on the socket: softirq runs on top of any task. */
static __always_inline void own_by_current(struct owner *owner, enum pid_source source)
{
	own(owner, (struct task_struct *)bpf_get_current_task(), source);
}

/* A guess is replaced by what is seen. */
static __always_inline int is_guess(const struct owner *owner)
{
	return owner->source == SOURCE_NONE || owner->source == SOURCE_LISTENER;
}

#endif
