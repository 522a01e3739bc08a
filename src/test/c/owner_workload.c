/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process that has sent on a socket, and then another process, or the same one under another
 * name, that has the socket in its place. owner_workload tcp|udp daemonize|exec|rename
 *
 * Prints "PORT PID NAME" of the present owner, with the socket's port; waits for a line on stdin;
 * makes the change; prints again; ends when stdin ends.
 */
#include "sockets.h"

static void say(int port)
{
	char name[16];

	printf("%d %d %s\n", port, process_number(), process_name(name));
	fflush(stdout);
}

static void await_line(void)
{
	char line[8];

	if (!fgets(line, sizeof(line), stdin))
		exit(0);
}

/* The life of the owner after the change. */
static void live_on(int port)
{
	say(port);
	await_line();
	exit(0);
}

static void change(const char *how, const char *self, int port)
{
	char text[16];
	pid_t child;

	if (!strcmp(how, "daemonize")) {
		child = must(fork(), "fork");
		if (child)
			_exit(0);
		while (getppid() != 1 && kill(getppid(), 0) == 0 &&
		       getppid() == atoi(getenv("PARENT")))
			usleep(1000);
		prctl(PR_SET_NAME, "after");
		live_on(port);
	} else if (!strcmp(how, "exec")) {
		snprintf(text, sizeof(text), "%d", port);
		must(execl(self, self, "live-on", text, NULL), "exec");
	} else {
		prctl(PR_SET_NAME, "after");
		live_on(port);
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_storage at = address("127.0.0.1", 0);
	int type, server, fd;
	char pid[16];

	alarm(PATIENCE_SECONDS);
	if (argc == 3 && !strcmp(argv[1], "live-on"))
		live_on(atoi(argv[2]));
	if (argc != 3)
		return 2;
	type = strcmp(argv[1], "udp") ? SOCK_STREAM : SOCK_DGRAM;
	server = must(socket(AF_INET, type, 0), "socket");
	must(bind(server, (struct sockaddr *)&at, sizeof(at)), "bind");
	if (type == SOCK_STREAM)
		must(listen(server, 1), "listen");
	at = name_of(server);
	if (fork()) { /* the server's process stays */
		pause();
		return 0;
	}
	close(server);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "before");
	fd = must(socket(AF_INET, type, 0), "socket");
	must(connect(fd, (struct sockaddr *)&at, sizeof(at)), "connect");
	must(send(fd, "0123456789", 10, 0), "send");
	at = name_of(fd);
	say(address_port(&at));
	await_line();
	snprintf(pid, sizeof(pid), "%d", getpid());
	setenv("PARENT", pid, 1);
	change(argv[2], argv[0], address_port(&at));
	return 0;
}
