/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many TCP connections of which every figure is known: some processes connect, others serve the
 * connections, which they get in one of the ways of servers.h.
 *
 *   tcp_workload SERVER ENDING TO[,FROM[,LISTEN]] COUNT
 *
 * SERVER and ENDING are words of the tables in servers.h and exchange.h. Each client binds another
 * port for each connection, so that no two connections of a run have the same addresses. FROM and
 * LISTEN default to TO.
 */
#include "servers.h"

#define SERVER_PORT 9000
#define CLIENT_PORT 10000
#define CLIENTS 4

static struct sockaddr_storage server, source, listening;
static int count_of_all;

static int connection(int n)
{
	struct sockaddr_storage from = source;
	int fd = stream_socket(server.ss_family);

	((struct sockaddr_in *)&from)->sin_port = htons(CLIENT_PORT + n);
	if (from.ss_family == AF_INET) /* each client has an address: 127.0.N.1 */
		((struct sockaddr_in *)&from)->sin_addr.s_addr |= htonl(n % CLIENTS << 8);
	bind_to(fd, &from);
	must(connect_to(fd, &server), "connect");
	return fd;
}

/* Sends a request over each connection that comes through the channel. */
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
	pid_t workers[WORKERS], clients[CLIENTS], init = 0;

	if (servers[which].contained) {
		must(unshare(CLONE_NEWPID), "unshare");
		init = spawn("init-%d", 1);
		while (!init)
			pause();
	}
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
		shutdown(listeners[i], SHUT_RD); /* wakes all accepting processes */
	for (int i = 0; i < processes; i++)
		await_child(workers[i], 0);
	if (init)
		kill(init, SIGKILL);
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
