/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Which process owns a socket or flow: the process that holds it. A process that connects or
 * accepts is seen as it does so. If it gave the socket away, the owner is the process that closes
 * the socket, or the only one that a search finds holding it.
 */
#ifndef TCPTOP_OWNER_H
#define TCPTOP_OWNER_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "maps.h"

/*
 * Makes the task's process the owner. A kernel thread never becomes the owner: it may work for a
 * process (a late close, say), but does not show for which.
 */
static __always_inline void owner_set(struct owner *owner, struct task_struct *task,
				      enum pid_source source)
{
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);

	if (BPF_CORE_READ(task, flags) & PF_KTHREAD)
		return;
	/* The source first: a search on another processor must not take this owner for a guess. */
	owner->source = source;
	barrier();
	bpf_probe_read_kernel_str(owner->process, sizeof(owner->process), &leader->comm);
	owner->pid = BPF_CORE_READ(task, tgid);
}

/* Only for hooks where the current task works on the socket: softirq interrupts any task. */
static __always_inline void owner_set_current(struct owner *owner, enum pid_source source)
{
	owner_set(owner, (struct task_struct *)bpf_get_current_task(), source);
}

/* Whether any observation of a holder may replace this owner. */
static __always_inline int owner_is_guess(const struct owner *owner)
{
	return owner->source == SOURCE_NONE || owner->source == SOURCE_LISTENER;
}

/* Two names of PROCESS_NAME_BYTES, aligned to 8 bytes. */
static __always_inline int owner_same_name(const char *a, const char *b)
{
	const __u64 *x = (const void *)a, *y = (const void *)b;

	return x[0] == y[0] && x[1] == y[1];
}

/*
 * A search found that the task's process holds the socket. 1: that process is the owner, confirmed
 * (its name may have changed by exec) or in place of a guess. 0: the owner is another process.
 */
static __always_inline int owner_found(struct owner *owner, struct task_struct *task)
{
	struct owner before = *owner;
	int guess = owner_is_guess(&before);

	if (!guess && before.pid != (__u32)BPF_CORE_READ(task, tgid))
		return 0;
	owner_set(owner, task, guess ? SOURCE_FD : before.source);
	return 1;
}

/* Who holds a socket, as far as it is known. */
struct held {
	struct owner owner;
	struct owner holder; /* another process that was found to hold the socket */
	__u32 owner_search;  /* number of the last search that found the owner holding the socket */
	__u32 holder_search; /* number of the last search that found holder instead */
};

/* The current process holds the socket as of now: a search that began before cannot deny that. */
static __always_inline void held_take(struct held *held, enum pid_source source)
{
	owner_set_current(&held->owner, source);
	held->owner_search = control.search;
}

/*
 * A search found a process that holds the socket. Several processes may hold it, and the owner
 * stays while it is one of them. Only the end of the search can tell that, so another holder is
 * noted beside the owner. 1: the owner has another name than before.
 */
static __always_inline int held_found(struct held *held, struct task_struct *task)
{
	struct owner before = held->owner;

	if (owner_found(&held->owner, task)) {
		held->owner_search = control.search;
		return !owner_same_name(before.process, held->owner.process);
	}
	if (held->holder_search != control.search) {
		owner_set(&held->holder, task, SOURCE_FD);
		held->holder_search = control.search;
	}
	return 0;
}

/* After a search that found only others holding the socket, the first of them is the owner. */
static __always_inline void held_settle(struct held *held)
{
	if (held->holder_search != control.search || held->owner_search == control.search)
		return;
	held->owner = held->holder;
	held->owner_search = control.search;
}

/* The names that living processes have taken. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1 << 12);
	__type(key, __u32); /* pid */
	__type(value, char[PROCESS_NAME_BYTES]);
} renames SEC(".maps");

/*
 * The processes that ended or took another name since the last search: a bit for each, by its pid.
 * An owner among them asks for a search.
 */
static __always_inline void owner_note_change(__u32 pid)
{
	__sync_fetch_and_or(&control.changed[pid / 64 % CHANGED_WORDS], 1ull << pid % 64);
}

static __always_inline int owner_has_changed(const struct owner *owner)
{
	return control.changed[owner->pid / 64 % CHANGED_WORDS] >> owner->pid % 64 & 1;
}

/* Likewise, before the last search: what that one found is true of it. */
static __always_inline int owner_had_changed(const struct owner *owner)
{
	return control.changed_before[owner->pid / 64 % CHANGED_WORDS] >> owner->pid % 64 & 1;
}

/*
 * Whether the current process only inspects descriptors, as a search for owners and `ss -p` do. It
 * then has a reference to each file for a moment. If the owner closes at that moment, the inspector
 * drops the last reference and closes the socket at the end of its own read() or readlink(), but it
 * never held the socket.
 */
static __always_inline int owner_current_inspects(void)
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

#endif
