/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many TCP connections whose every figure is known: some processes connect, others serve them in
 * one of the ways in which servers come to hold a connection.
 *
 *   tcp_workload SERVER ENDING TO[,FROM[,LISTEN]] COUNT
 *
 * SERVER and ENDING are words of the tables below and of exchange.h. Each client binds a port of
 * its own for each connection, so that no two of a run have the same addresses. FROM and LISTEN are
 * as TO where they are not given.
 */
#include "exchange.h"
#include "handover.h"

#include <pthread.h>

#define SERVER_PORT 9000
#define CLIENT_PORT 10000
#define CLIENTS 4
#define WORKERS 4

static enum ending ending;
static struct sockaddr_storage server, source, listening;
static int count_of_all;

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

/* Each connection in a process of its own, which accepts it after the fork. */
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

/* As sshd does: the parent accepts, and a child has the connection from then on. */
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
			must(read(alone[0], &byte, 1), "read"); /* until the parent let go of fd */
			serve(fd, "close|fd"); /* a search of descriptors may be first */
			_exit(0);
		}
		close(fd);
		close(alone[0]);
		close(alone[1]);
	}
	while (wait(NULL) > 0)
		;
}

/* The child only answers; the parent keeps the connection, and ends it. */
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
	int processes;	 /* that do so, with the listener of their parent */
	int reuse_port;	 /* each with one of its own, on one port */
	int hand_client; /* the connecting process hands its end over */
} servers[] = {
	{"prefork", serve_all, WORKERS, 0, 0},
	{"reuseport", serve_all, WORKERS, 1, 0},
	{"threads", threads, 1, 0, 0},
	{"child-accepts", accept_in_children, WORKERS, 0, 0},
	{"fork", accept_then_fork, 1, 0, 0},
	{"child-answers", child_answers, 1, 0, 0},
	{"handed", accept_then_hand_over, 1, 0, 0},
	{"client-handed", serve_all, WORKERS, 0, 1},
};

static int connection(int n)
{
	struct sockaddr_storage from = source;
	int fd = stream_socket(server.ss_family);

	((struct sockaddr_in *)&from)->sin_port = htons(CLIENT_PORT + n);
	if (from.ss_family == AF_INET) /* an address for each client: 127.0.N.1 */
		((struct sockaddr_in *)&from)->sin_addr.s_addr |= htonl(n % CLIENTS << 8);
	bind_to(fd, &from);
	must(connect_to(fd, &server), "connect");
	return fd;
}

/* Asks over each connection that comes through the channel. */
static void inherit(int channel, int client)
{
	int fd;

	for (int n = client; (fd = take_over(channel)) >= 0; n += CLIENTS) {
		struct end e = outbound(fd);

		e.source = "close|fd";
		ask(fd, &e, n, ending);
	}
}

static void client(int number, int hands)
{
	int channel[2];
	pid_t heir = 0;

	if (hands) {
		must(socketpair(AF_UNIX, SOCK_STREAM, 0, channel), "socketpair");
		heir = spawn("heir-%d", number);
		if (!heir) {
			close(channel[0]);
			inherit(channel[1], number);
			_exit(0);
		}
		close(channel[1]);
	}
	for (int n = number; n < count_of_all; n += CLIENTS) {
		pid_t child = ending == EXIT ? spawn("client-%d", number) : 0;

		if (child) {
			await_child(child, SIGKILL);
			continue;
		}
		int fd = connection(n);

		if (hands) {
			hand_over(channel[0], fd);
		} else {
			struct end e = outbound(fd);

			ask(fd, &e, n, ending);
		}
	}
	if (hands) {
		close(channel[0]);
		await_child(heir, 0);
	}
}

static void run(int which)
{
	int processes = servers[which].processes, own = servers[which].reuse_port;
	int listeners[WORKERS];
	pid_t workers[WORKERS], clients[CLIENTS];

	for (int i = 0; i < processes; i++) {
		listeners[i] = i && !own ? listeners[0] : listen_at(&listening, own);
		workers[i] = spawn("worker-%d", i);
		if (!workers[i]) {
			servers[which].run(listeners[i]);
			exit(0);
		}
	}
	for (int i = 0; i < CLIENTS; i++) {
		clients[i] = spawn("client-%d", i);
		if (!clients[i]) {
			client(i, servers[which].hand_client);
			exit(0);
		}
	}
	for (int i = 0; i < CLIENTS; i++)
		await_child(clients[i], 0);
	for (int i = 0; i < processes; i++)
		shutdown(listeners[i], SHUT_RD); /* wakes all that accept */
	for (int i = 0; i < processes; i++)
		await_child(workers[i], 0);
}

int main(int argc, char **argv)
{
	int which = sizeof(servers) / sizeof(*servers);
	char *to, *from, *at;

	bounded();
	while (argc == 5 && which-- && strcmp(servers[which].name, argv[1]))
		;
	while (argc == 5 && endings[ending] && strcmp(endings[ending], argv[2]))
		ending++;
	if (argc != 5 || which < 0 || !endings[ending]) {
		fprintf(stderr, "usage: tcp_workload SERVER ENDING TO[,FROM[,LISTEN]] COUNT\n");
		return 2;
	}
	to = strtok(argv[3], ",");
	from = strtok(NULL, ",");
	at = strtok(NULL, ",");
	server = address(to, SERVER_PORT);
	source = address(from ? from : to, 0);
	listening = address(at ? at : to, SERVER_PORT);
	count_of_all = atoi(argv[4]);
	run(which);
	return 0;
}
