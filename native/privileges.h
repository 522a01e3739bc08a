/* SPDX-License-Identifier: Apache-2.0 */
/* The user and the capabilities of the process, once the collector is open. */
#ifndef TCPTOP_PRIVILEGES_H
#define TCPTOP_PRIVILEGES_H

#include <sys/types.h>

/* Stands for the user and group that the process has. */
#define PRIVILEGES_SAME ((uid_t)-1)

/*
 * Gives up for good, in every thread of the process, all capabilities that sampling and closing do
 * not need: in all five sets, and no program that the process runs gains any. Unless uid is
 * PRIVILEGES_SAME, all threads get this user and group and no supplementary groups. No process of
 * the same user can look into the memory of this one afterwards. 0 or a negative errno; EPERM: the
 * process may not change its user; ETIMEDOUT: a thread did not answer.
 */
int privileges_drop(uid_t uid, gid_t gid);

#endif
