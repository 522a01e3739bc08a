/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Which process owns a socket or flow: the one that holds it. One that connects or accepts is seen
 * as it does so, and where it gave the socket away, whoever closes it, or is found to hold it
 * alone, is the owner.
 */
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
	/* The source first: a search on another processor must not take this one for a guess. */
	owner->source = source;
	barrier();
	bpf_probe_read_kernel_str(owner->process, sizeof(owner->process), &leader->comm);
	owner->pid = BPF_CORE_READ(task, tgid);
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

/*
 * Whether the current process only looks at descriptors, as a search for owners does, or `ss -p`.
 * It holds each for a moment, and if the owner closes just then, it is the last to do so, and
 * closes the socket at the end of its own read() or readlink(): it is none that ever had it.
 */
static __always_inline int only_looks(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pt_regs *registers = (struct pt_regs *)bpf_task_pt_regs(task);

	if (task->flags & PF_EXITING)
		return 0;
	switch ((int)SYSCALL_NUMBER(registers)) {
	case SYS_READ:
	case SYS_READV:
	case SYS_PREAD64:
	case SYS_READLINK:
	case SYS_READLINKAT:
		return 1;
	default:
		return 0;
	}
}

/* The current process has the socket from now on: a search that began before can't deny that. */
static __always_inline void take(struct tag *tag, enum pid_source source)
{
	own_by_current(&tag->owner, source);
	tag->owner_search = control.search;
}

/*
 * The current process closes: it holds the socket, and if the owner is another, no longer that. An
 * owner that stays may have got a new name, by exec.
 */
static __always_inline void take_by_close(struct tag *tag)
{
	if (is_guess(&tag->owner) || tag->owner.pid != bpf_get_current_pid_tgid() >> 32)
		take(tag, SOURCE_CLOSE);
	else
		take(tag, tag->owner.source);
}

static __always_inline int same_name(const struct owner *a, const struct owner *b)
{
	const __u64 *x = (const void *)a->process, *y = (const void *)b->process;

	return x[0] == y[0] && x[1] == y[1];
}

/*
 * A search found a process that holds the socket. Several may: the owner stays while it is one of
 * them, which only the end of the search can tell, so that another is noted beside it.
 */
static __always_inline void found_holder(struct tag *tag, struct task_struct *task)
{
	if (tag->owner.pid == (__u32)BPF_CORE_READ(task, tgid)) {
		struct owner before = tag->owner;

		own(&tag->owner, task, is_guess(&before) ? SOURCE_FD : before.source);
		tag->owner_search = control.search;
		if (!same_name(&before, &tag->owner))
			tag->seen_pid = 0; /* to be reported */
	} else if (is_guess(&tag->owner)) {
		own(&tag->owner, task, SOURCE_FD);
		tag->owner_search = control.search;
	} else if (tag->holder_search != control.search) {
		own(&tag->holder, task, SOURCE_FD);
		tag->holder_search = control.search;
	}
}

/* After a search: where it found the socket with others only, the first of them is the owner. */
static __always_inline void settle_owner(struct tag *tag)
{
	if (tag->holder_search != control.search || tag->owner_search == control.search)
		return;
	tag->owner = tag->holder;
	tag->owner_search = control.search;
}

#endif
