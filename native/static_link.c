/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Distributions build the static libbpf and libelf for executables. This file replaces what in them
 * cannot be linked into a shared library:
 * - libelf's thread-local error number (elf_error.o); its messages become numbers;
 * - libbpf's direct reference to stderr, which the linker turns into __wrap_stderr (--wrap=stderr);
 * - the search trees that libelf.a of elfutils 0.192 lacks; weak, for a libelf.a that has them.
 */
#include <search.h>
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

/* The lock behind the root is unused in a library that is built without threads. */
struct search_tree {
	void *root;
};

void eu_search_tree_init(struct search_tree *tree);
void eu_search_tree_fini(struct search_tree *tree, void (*free_node)(void *));
void *eu_tsearch(const void *key, struct search_tree *tree,
		 int (*compare)(const void *, const void *));
void *eu_tdelete(const void *key, struct search_tree *tree,
		 int (*compare)(const void *, const void *));

__attribute__((weak)) void eu_search_tree_init(struct search_tree *tree)
{
	tree->root = NULL;
}

__attribute__((weak)) void eu_search_tree_fini(struct search_tree *tree, void (*free_node)(void *))
{
	tdestroy(tree->root, free_node);
}

__attribute__((weak)) void *eu_tsearch(const void *key, struct search_tree *tree,
				       int (*compare)(const void *, const void *))
{
	return tsearch(key, &tree->root, compare);
}

__attribute__((weak)) void *eu_tdelete(const void *key, struct search_tree *tree,
				       int (*compare)(const void *, const void *))
{
	return tdelete(key, &tree->root, compare);
}
