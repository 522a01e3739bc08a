/* SPDX-License-Identifier: Apache-2.0 */
#include "namespaces.h"
#include "mounts.h"

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

/* Notes the namespace. Whether it was new; 0 also for want of memory. */
static int tour_is_new(struct tour *tour, ino_t inode)
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

static void tour_visit(struct tour *tour, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat s;

	if (fd < 0)
		return;
	if (!fstat(fd, &s) && tour_is_new(tour, s.st_ino) && !setns(fd, CLONE_NEWNET))
		tour->visit(tour->context);
	close(fd);
}

static void tour_processes(struct tour *tour)
{
	DIR *processes = opendir("/proc");
	const struct dirent *entry;
	char path[300];

	if (!processes)
		return;
	while ((entry = readdir(processes)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9') {
			snprintf(path, sizeof(path), "/proc/%s/ns/net", entry->d_name);
			tour_visit(tour, path);
		}
	closedir(processes);
}

static void tour_mount(const struct mount *mount, void *tour)
{
	if (!strcmp(mount->type, "nsfs") && !strncmp(mount->root, "net:", 4))
		tour_visit(tour, mount->path);
}

static void *tour_run(void *argument)
{
	struct tour *tour = argument;
	struct stat own;

	if (!stat("/proc/thread-self/ns/net", &own))
		tour_is_new(tour, own.st_ino);
	tour_processes(tour);
	mounts_visit(tour_mount, tour);
	return NULL;
}

void namespaces_visit(void (*visit)(void *context), void *context)
{
	struct tour tour = {.visit = visit, .context = context};
	pthread_t thread;

	if (pthread_create(&thread, NULL, tour_run, &tour))
		return;
	pthread_join(thread, NULL);
	free(tour.seen);
}
