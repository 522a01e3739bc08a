/* SPDX-License-Identifier: Apache-2.0 */
#include "namespaces.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct tour {
	void (*visit)(void *context);
	void *context;
	ino_t *seen;
	size_t count, capacity;
};

/* Whether it is new, of which a note is taken. Out of memory: it is none. */
static int is_new(struct tour *tour, ino_t inode)
{
	for (size_t i = 0; i < tour->count; i++)
		if (tour->seen[i] == inode)
			return 0;
	if (tour->count == tour->capacity) {
		size_t capacity = tour->capacity ? 2 * tour->capacity : 64;
		ino_t *seen = reallocarray(tour->seen, capacity, sizeof(*seen));

		if (!seen)
			return 0;
		tour->seen = seen;
		tour->capacity = capacity;
	}
	tour->seen[tour->count++] = inode;
	return 1;
}

static void visit_at(struct tour *tour, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat s;

	if (fd < 0)
		return;
	if (!fstat(fd, &s) && is_new(tour, s.st_ino) && !setns(fd, CLONE_NEWNET))
		tour->visit(tour->context);
	close(fd);
}

static void visit_those_of_processes(struct tour *tour)
{
	DIR *processes = opendir("/proc");
	const struct dirent *entry;
	char path[300];

	if (!processes)
		return;
	while ((entry = readdir(processes)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9') {
			snprintf(path, sizeof(path), "/proc/%s/ns/net", entry->d_name);
			visit_at(tour, path);
		}
	closedir(processes);
}

static void visit_mounted_ones(struct tour *tour)
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	char line[4096], root[64], at[2048];

	if (!mounts)
		return;
	while (fgets(line, sizeof(line), mounts))
		if (strstr(line, " - nsfs ") &&
		    sscanf(line, "%*s %*s %*s %63s %2047s", root, at) == 2 &&
		    !strncmp(root, "net:", 4))
			visit_at(tour, at);
	fclose(mounts);
}

static void *go(void *argument)
{
	struct tour *tour = argument;
	struct stat own;

	if (!stat("/proc/thread-self/ns/net", &own))
		is_new(tour, own.st_ino);
	visit_those_of_processes(tour);
	visit_mounted_ones(tour);
	return NULL;
}

void visit_namespaces(void (*visit)(void *context), void *context)
{
	struct tour tour = {.visit = visit, .context = context};
	pthread_t thread;

	if (pthread_create(&thread, NULL, go, &tour))
		return;
	pthread_join(thread, NULL);
	free(tour.seen);
}
