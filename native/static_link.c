/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Distributions build the static libbpf and libelf for executables. Two things in them cannot be
 * linked into a shared library, and are given here in their place:
 * - libelf's thread-local error number (elf_error.o); its messages become numbers;
 * - libbpf's direct reference to stderr, which the linker turns into __wrap_stderr (--wrap=stderr).
 */
#include <stdio.h>

extern FILE *__real_stderr;
FILE *__wrap_stderr;

__attribute__((constructor)) static void set_stderr(void)
{
	__wrap_stderr = __real_stderr;
}

int elf_errno(void);
const char *elf_errmsg(int error);
void __libelf_seterrno(int error);

static _Thread_local int last_error;
static _Thread_local char message[32];

void __libelf_seterrno(int error)
{
	last_error = error;
}

int elf_errno(void)
{
	int error = last_error;

	last_error = 0;
	return error;
}

const char *elf_errmsg(int error)
{
	if (error == 0 && last_error == 0)
		return NULL;
	snprintf(message, sizeof(message), "libelf error %d", error > 0 ? error : last_error);
	return message;
}
