/* SPDX-License-Identifier: Apache-2.0 */
/* The ways in which a server gets the connections that it serves. */
#ifndef TCPTOP_SERVERS_H
#define TCPTOP_SERVERS_H

#include "exchange.h"
#include "handover.h"

#include <pthread.h>

#define WORKERS 4
#define NOBODY 65534

static enum ending ending;

static void serve(int fd, const char *source)
{
	struct end e = inbound(fd);

	e.source = source;
	answer(fd, &e, ending);
}

static void serve_all(int listener)
{
	int fd;

	while ((fd = accept_next(listener)) >= 0)
		serve(fd, "accept");
}

/* Each connection has a process of its own, which accepts it after the fork. */
static void accept_in_children(int listener)
{
	for (int n = 0;; n++) {
		pid_t child = spawn("child-%d", n % 10);
		int status;

		if (!child) {
			int fd = accept_next(listener);

			if (fd < 0)
				_exit(3);
			serve(fd, "accept");
			_exit(0);
		}
		must(waitpid(child, &status, 0), "waitpid");
		if (WIFEXITED(status) && WEXITSTATUS(status) == 3)
			return;
		if (ending == EXIT ? !WIFSIGNALED(status) : status)
			die("a child failed");
	}
}

/* As sshd does: the parent accepts, and then only a child holds the connection. */
static void accept_then_fork(int listener)
{
	int fd;

	signal(SIGCHLD, SIG_IGN);
	for (int n = 0; (fd = accept_next(listener)) >= 0; n++) {
		int alone[2];
		char byte;

		must(pipe(alone), "pipe");
		if (!spawn("child-%d", n % 10)) {
			close(alone[1]);
			must(read(alone[0], &byte, 1), "read"); /* until the parent has closed fd */
			serve(fd, "close|fd"); /* a search may find the child before it closes */
			_exit(0);
		}
		close(fd);
		close(alone[0]);
		close(alone[1]);
	}
	while (wait(NULL) > 0)
		;
}

/* A child answers; the parent keeps the connection and closes it. */
static void child_answers(int listener)
{
	int fd;

	while ((fd = accept_next(listener)) >= 0) {
		struct end e = inbound(fd);
		struct request request;
		pid_t child;

		receive_all(fd, &request, 8);
		receive_all(fd, request.rest, request.bytes - 8);
		child = spawn("child-%d", 0);
		if (!child) {
			static char bytes[ANSWER_BYTES_MAX];

			send_all(fd, bytes, request.answer);
			_exit(0);
		}
		await_child(child, 0);
		e.in = request.bytes, e.out = request.answer;
		tell_end(&e);
		close(fd);
	}
}

/* As nginx does: the listening master is root, its workers are not. */
static void serve_as_nobody(int listener)
{
	must(setuid(NOBODY), "setuid");
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* setuid() has cleared it */
	serve_all(listener);
}

static void *serve_in_thread(void *listener)
{
	named("thread", 0);
	serve_all(*(int *)listener);
	return NULL;
}

static void threads(int listener)
{
	pthread_t threads[WORKERS];

	for (int i = 0; i < WORKERS; i++)
		if (pthread_create(&threads[i], NULL, serve_in_thread, &listener))
			die("pthread_create");
	for (int i = 0; i < WORKERS; i++)
		pthread_join(threads[i], NULL);
}

static void accept_then_hand_over(int listener)
{
	int channel[2], fd;
	pid_t heir;

	must(socketpair(AF_UNIX, SOCK_STREAM, 0, channel), "socketpair");
	heir = spawn("heir-%d", 1);
	if (!heir) {
		close(channel[0]);
		while ((fd = take_over(channel[1])) >= 0)
			serve(fd, "close|fd");
		_exit(0);
	}
	close(channel[1]);
	while ((fd = accept_next(listener)) >= 0)
		hand_over(channel[0], fd);
	close(channel[0]);
	await_child(heir, 0);
}

static const struct {
	const char *name;
	void (*run)(int listener);
	int processes;	 /* how many run this, with the listener of their parent */
	int reuse_port;	 /* each has a listener of its own, all on one port */
	int hand_client; /* the connecting process hands its end to another */
	int contained;	 /* all processes run in a pid namespace of their own */
} servers[] = {
	{"prefork", serve_all, WORKERS, 0, 0},
	{"reuseport", serve_all, WORKERS, 1, 0},
	{"threads", threads, 1, 0, 0},
	{"child-accepts", accept_in_children, WORKERS, 0, 0},
	{"fork", accept_then_fork, 1, 0, 0},
	{"child-answers", child_answers, 1, 0, 0},
	{"handed", accept_then_hand_over, 1, 0, 0},
	{"client-handed", serve_all, WORKERS, 0, 1},
	{"nobody", serve_as_nobody, WORKERS},
	{"contained", serve_all, WORKERS, 0, 0, 1},
};

#endif
