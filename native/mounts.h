/* SPDX-License-Identifier: Apache-2.0 */
/* The mounts that this process sees, from /proc/self/mountinfo (proc_pid_mountinfo(5)). */
#ifndef TCPTOP_MOUNTS_H
#define TCPTOP_MOUNTS_H

/* A mount. The strings are valid during the visit. */
struct mount {
	const char *root; /* the directory of the file system that forms the mount's root */
	const char *path; /* where it is mounted */
	const char *type; /* of the file system */
};

/* Calls visit(mount, context) for each mount. 0 or a negative errno. */
int mounts_visit(void (*visit)(const struct mount *mount, void *context), void *context);

/* Opens the directory of the root of cgroup v2. A descriptor or a negative errno. */
int mounts_open_cgroup_root(void);

#endif
