/* SPDX-License-Identifier: Apache-2.0 */
#include "privileges.h"

#include <dirent.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/*
 * A thread's user and capabilities are its own, and the kernel lets no other thread change them. So
 * this sends each thread a signal whose handler changes them, as libc does for setuid() and libpsx
 * for libcap. libpsx itself would have to be linked into the program that starts the threads: java.
 * The handler does both, by system calls, since the order counts: it takes capabilities to change
 * the user, and the change would clear those that have to stay.
 */
enum { PATIENCE_MS = 10000, LOOK_MS = 10 };

static uint64_t kept; /* capabilities, as bits */
static uid_t user;
static gid_t group;
static sem_t answered;
static atomic_int error;   /* errno of a handler */
static atomic_int changed; /* 1: a handler had something to give up */

static int privileges_get(uint64_t *permitted)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {};

	if (syscall(SYS_capget, &header, data))
		return -errno;
	*permitted = (uint64_t)data[1].permitted << 32 | data[0].permitted;
	return 0;
}

static int privileges_set(uint64_t permitted, uint64_t effective)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {
		{.permitted = (uint32_t)permitted, .effective = (uint32_t)effective},
		{.permitted = permitted >> 32, .effective = effective >> 32},
	};

	return syscall(SYS_capset, &header, data) ? -errno : 0;
}

static int privileges_has_user(uid_t uid, gid_t gid)
{
	uid_t real_user, effective_user, saved_user;
	gid_t real_group, effective_group, saved_group;

	return !syscall(SYS_getresuid, &real_user, &effective_user, &saved_user) &&
	       !syscall(SYS_getresgid, &real_group, &effective_group, &saved_group) &&
	       real_user == uid && effective_user == uid && saved_user == uid &&
	       real_group == gid && effective_group == gid && saved_group == gid;
}

/* Async-signal-safe. */
static int privileges_change_user(void)
{
	if (user == PRIVILEGES_SAME || privileges_has_user(user, group))
		return 0;
	atomic_store(&changed, 1);
	/* Without this flag the permitted set would be empty afterwards. */
	if (kept && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0))
		return -errno;
	if (syscall(SYS_setgroups, 0, NULL) || syscall(SYS_setresgid, group, group, group) ||
	    syscall(SYS_setresuid, user, user, user))
		return -errno;
	return 0;
}

/*
 * Async-signal-safe. To change the bounding set takes CAP_SETPCAP; without it no_new_privs alone
 * keeps programs from gaining capabilities.
 */
static int privileges_drop_in_thread(void)
{
	uint64_t permitted;
	int e = privileges_get(&permitted);

	if (e)
		return e;
	if (permitted & ~kept || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		atomic_store(&changed, 1);
	for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++)
		if (!(kept >> capability & 1))
			prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	if ((e = privileges_change_user()))
		return e;
	return privileges_set(permitted & kept, permitted & kept);
}

static void privileges_on_signal(int signal)
{
	int saved = errno, e = privileges_drop_in_thread();

	(void)signal;
	if (e)
		atomic_store(&error, -e);
	sem_post(&answered);
	errno = saved;
}

/* Sends the signal, and waits until the handler has run in that thread or the thread has ended. */
static int privileges_ask(pid_t thread, int signal)
{
	if (syscall(SYS_tgkill, getpid(), thread, signal))
		return errno == ESRCH ? 0 : -errno;
	for (int waited = 0; waited < PATIENCE_MS; waited += LOOK_MS) {
		struct timespec until;

		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += LOOK_MS * 1000000L;
		if (until.tv_nsec >= 1000000000L) {
			until.tv_nsec -= 1000000000L;
			until.tv_sec++;
		}
		if (!sem_clockwait(&answered, CLOCK_MONOTONIC, &until))
			return 0;
		if (syscall(SYS_tgkill, getpid(), thread, 0) && errno == ESRCH)
			return 0;
	}
	return -ETIMEDOUT;
}

static int privileges_ask_all(int signal)
{
	DIR *threads = opendir("/proc/self/task");
	const struct dirent *entry;
	int e = 0;

	if (!threads)
		return -errno;
	while (!e && (entry = readdir(threads)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			e = privileges_ask(atoi(entry->d_name), signal);
	closedir(threads);
	return e ? e : -atomic_load(&error);
}

/*
 * The capabilities that sampling needs. Since Linux 5.19 a descriptor alone gives access to its
 * object. Before, with kernel.unprivileged_bpf_disabled, each call of bpf() took CAP_BPF, even a
 * call with a descriptor that does not exist, which this function makes.
 */
static int privileges_find_needed(uint64_t *needed)
{
	const uint64_t bpf = 1ull << CAP_BPF, admin = 1ull << CAP_SYS_ADMIN;
	union bpf_attr attributes = {.map_fd = (uint32_t)-1};
	uint64_t permitted;
	int e = privileges_get(&permitted);

	if (e || (e = privileges_set(permitted, 0)))
		return e;
	*needed = 0;
	if (syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, &attributes, sizeof(attributes)) &&
	    errno == EPERM)
		*needed = permitted & (permitted & bpf ? bpf : admin);
	return privileges_set(permitted, permitted);
}

/* A real-time signal that has no handler. */
static int privileges_free_signal(void)
{
	struct sigaction action;

	for (int signal = SIGRTMAX; signal > SIGRTMIN; signal--)
		if (!sigaction(signal, NULL, &action) && action.sa_handler == SIG_DFL)
			return signal;
	return -EBUSY;
}

int privileges_drop(uid_t uid, gid_t gid)
{
	struct sigaction action = {.sa_handler = privileges_on_signal,
				   .sa_flags = SA_RESTART | SA_ONSTACK};
	struct sigaction before;
	int signal = privileges_free_signal(), e;

	if (signal < 0)
		return signal;
	user = uid;
	group = gid;
	if ((e = privileges_find_needed(&kept)))
		return e;
	if (sem_init(&answered, 0, 0) || sigaction(signal, &action, &before))
		return -errno;
	atomic_store(&error, 0);
	/*
	 * A thread that had not been asked yet may have started another in the meantime: the next
	 * round finds it.
	 */
	do {
		atomic_store(&changed, 0);
		e = privileges_ask_all(signal);
	} while (!e && atomic_load(&changed));
	/* The handler stays if a thread may still have the signal before it. */
	if (e != -ETIMEDOUT)
		sigaction(signal, &before, NULL);
	if (!e && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		e = -errno;
	return e;
}
