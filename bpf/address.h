/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* IP addresses, as words in network order. */
#ifndef TCPTOP_ADDRESS_H
#define TCPTOP_ADDRESS_H

#include <bpf/bpf_endian.h>
#include <linux/types.h>

#include "kernel.h"

#define ADDRESS_V4_MAPPED bpf_htonl(0xffff) /* the third word of ::ffff:0:0/96 */

/* fe80::/10: only together with an interface does such an address name a peer. */
static __always_inline int address_is_link_local(__be32 first_word)
{
	return (bpf_ntohl(first_word) & 0xffc00000) == 0xfe800000;
}

static __always_inline int address_same(const __be32 a[4], const __be32 b[4])
{
	return a[0] == b[0] && a[1] == b[1] && a[2] == b[2] && a[3] == b[3];
}

#endif
