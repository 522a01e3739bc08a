/* SPDX-License-Identifier: Apache-2.0 */
/* Why a collector could not be opened. */
#ifndef TCPTOP_FAILURE_H
#define TCPTOP_FAILURE_H

/* A failed operation, with libbpf's messages about it. */
struct failure {
	int error;	    /* errno */
	char operation[64]; /* what was tried */
	char log[8192];	    /* libbpf's messages: the last ones that fit */
};

/* Notes the operation and its error, a positive or negative errno. Returns -1. */
int failure_set(struct failure *failure, const char *operation, int error);

/* Empties the failure and collects libbpf's messages of this thread in it. NULL: ends that. */
void failure_listen(struct failure *failure);

#endif
