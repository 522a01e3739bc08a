/* SPDX-License-Identifier: Apache-2.0 */
/* The network namespaces of the machine. */
#ifndef TCPTOP_NAMESPACES_H
#define TCPTOP_NAMESPACES_H

/*
 * Calls visit(context) on a thread of its own, once in each network namespace except the caller's:
 * the namespaces of processes, and those that are mounted, as `ip netns` does. Without
 * CAP_SYS_ADMIN no namespace can be entered.
 */
void namespaces_visit(void (*visit)(void *context), void *context);

#endif
