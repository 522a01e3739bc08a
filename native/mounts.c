/* SPDX-License-Identifier: Apache-2.0 */
#include "mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int mounts_is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* Decodes in place what the kernel escapes: blank, tab, newline and backslash as \ooo. */
static void mounts_decode(char *text)
{
	char *to = text;

	for (const char *from = text; *from;) {
		if (from[0] == '\\' && mounts_is_octal(from[1]) && mounts_is_octal(from[2]) &&
		    mounts_is_octal(from[3])) {
			*to++ = (from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0');
			from += 4;
		} else {
			*to++ = *from++;
		}
	}
	*to = 0;
}

/*
 * A line: id, parent, device, root, path, options, any number of optional fields, "-", type, and
 * more. 0: it is no such line.
 */
static int mounts_parse(char *line, struct mount *mount)
{
	char *field, *root = NULL, *path = NULL;
	int n = 0;

	while ((field = strsep(&line, " \n"))) {
		if (n == 3)
			root = field;
		else if (n == 4)
			path = field;
		if (n++ >= 6 && !strcmp(field, "-"))
			break;
	}
	field = field ? strsep(&line, " \n") : NULL;
	if (!field)
		return 0;
	mounts_decode(root);
	mounts_decode(path);
	*mount = (struct mount){.root = root, .path = path, .type = field};
	return 1;
}

int mounts_visit(void (*visit)(const struct mount *mount, void *context), void *context)
{
	FILE *table = fopen("/proc/self/mountinfo", "re");
	struct mount mount;
	char *line = NULL;
	size_t size = 0;

	if (!table)
		return -errno;
	while (getline(&line, &size, table) > 0)
		if (mounts_parse(line, &mount))
			visit(&mount, context);
	free(line);
	fclose(table);
	return 0;
}

struct outermost {
	char *path;
	int rank;
};

/*
 * Of several mounts of cgroup v2 the outermost is the root: in a cgroup namespace of one's own, a
 * mount of an outer cgroup shows as many "/.." as it is levels up. Where there is no such mount,
 * the root of the hierarchy is "/" and not a subtree.
 */
static void mounts_find_outermost(const struct mount *mount, void *context)
{
	struct outermost *outermost = context;
	int rank = !strcmp(mount->root, "/");

	if (strcmp(mount->type, "cgroup2"))
		return;
	for (const char *up = mount->root; (up = strstr(up, "/..")); up += 3)
		rank += 2;
	if (rank > outermost->rank) {
		free(outermost->path);
		outermost->path = strdup(mount->path);
		outermost->rank = rank;
	}
}

int mounts_open_cgroup_root(void)
{
	struct outermost outermost = {.rank = -1};
	int e = mounts_visit(mounts_find_outermost, &outermost), fd;

	if (e)
		return e;
	if (!outermost.path)
		return outermost.rank < 0 ? -ENOENT : -ENOMEM;
	fd = open(outermost.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	e = fd < 0 ? -errno : fd;
	free(outermost.path);
	return e;
}
