/* SPDX-License-Identifier: Apache-2.0 */
/* The capabilities of the process, once the collector is open. */
#ifndef TCPTOP_PRIVILEGES_H
#define TCPTOP_PRIVILEGES_H

/*
 * Gives up for good, in every thread of the process, all capabilities that sampling and closing do
 * not need: in all five sets, and no program that the process runs gains any. 0 or a negative
 * errno; ETIMEDOUT: a thread did not answer.
 */
int privileges_drop(void);

#endif
