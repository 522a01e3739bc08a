/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The accepting process, seen as it accepts, on kernels that allow fexit. */
#ifndef TCPTOP_ACCEPT_FENTRY_H
#define TCPTOP_ACCEPT_FENTRY_H

#include "tag.h"

/*
 * The result stands behind the arguments: two from Linux 6.10 on (92ef0fd55ac8), four before. The
 * version decides, not BTF: to look for a type that is missing takes CAP_SYS_ADMIN. The loads are
 * in assembly, since the compiler would merge them into one load at a computed offset, which the
 * verifier forbids.
 */
static __always_inline struct sock *accept_result(__u64 *ctx)
{
	struct sock *sk;

	if (LINUX_KERNEL_VERSION >= KERNEL_VERSION(6, 10, 0))
		asm volatile("%0 = *(u64 *)(%1 + 16)" : "=r"(sk) : "r"(ctx));
	else
		asm volatile("%0 = *(u64 *)(%1 + 32)" : "=r"(sk) : "r"(ctx));
	return sk;
}

static __always_inline int accept_by_current(__u64 *ctx)
{
	struct sock *sk = accept_result(ctx);
	struct tag *tag = sk ? tag_get(sk) : NULL;

	if (tag)
		held_take(&tag->held, SOURCE_ACCEPT);
	return 0;
}

SEC("fexit/inet_csk_accept")
int tcptop_accept(__u64 *ctx)
{
	return accept_by_current(ctx);
}

SEC("fexit/inet_csk_accept")
int tcptop_accept_2(__u64 *ctx)
{
	return accept_by_current(ctx);
}

#endif
