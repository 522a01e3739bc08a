/* SPDX-License-Identifier: Apache-2.0 */
/* What the process may do once the collector is open. */
#ifndef TCPTOP_PRIVILEGES_H
#define TCPTOP_PRIVILEGES_H

/*
 * Gives up, in every thread of the process, all capabilities that sampling and closing do not need,
 * for good: from all five sets, and no program that it runs gains any. 0 or a negative errno;
 * ETIMEDOUT: a thread did not answer.
 */
int drop_privileges(void);

#endif
