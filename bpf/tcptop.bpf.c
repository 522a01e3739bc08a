// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The kernel side of tcptop, one object: README.md says what each part does. */
#include "kernel.h"

#include <linux/in.h>

#include "accept_fentry.h"
#include "change.h"
#include "flow_cgroup.h"
#include "flow_fentry.h"
#include "lifecycle.h"
#include "sample.h"
#include "scan.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
