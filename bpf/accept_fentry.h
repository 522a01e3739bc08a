/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Who accepts, as it happens, on kernels that allow fexit. */
#ifndef TCPTOP_ACCEPT_FENTRY_H
#define TCPTOP_ACCEPT_FENTRY_H

#include "lifecycle.h"

/*
 * The result stands behind the arguments: two from Linux 6.10 on (92ef0fd55ac8), four before. Known
 * by the version and not by BTF: to look for a type that is missing takes CAP_SYS_ADMIN. In
 * assembly, since the compiler would make one load of both, at an offset that it computes, which
 * the verifier forbids.
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
	struct tag *tag = sk ? tag_of(sk, 0) : NULL;

	if (tag)
		take(tag, SOURCE_ACCEPT);
	return 0;
}

SEC("fexit/inet_csk_accept")
int accepted(__u64 *ctx)
{
	return accept_by_current(ctx);
}

SEC("fexit/inet_csk_accept")
int accepted_again(__u64 *ctx)
{
	return accept_by_current(ctx);
}

#endif
