/* SPDX-License-Identifier: Apache-2.0 */
/* TCP connects that fail, COUNT at once. tcp_attempt_workload CASE COUNT */
#include "end.h"
#include "mark.h"

#define ATTEMPTS_MAX 4096
#define FIRST_PORT 10000

static const struct attempt {
	const char *name;
	const char *from, *to; /* the only host in 10.8.0.0/24 is this one, 10.8.0.1 */
	enum mark mark;
	int error;
	const char *reason;
} attempts[] = {
	{"refused", "127.0.0.1", "127.0.0.1", MARK_NONE, ECONNREFUSED, "refused"},
	{"refused-ipv6", "::1", "::1", MARK_NONE, ECONNREFUSED, "refused"},
	{"filter-reset", "127.0.0.1", "127.0.0.1", MARK_RESET, ECONNREFUSED, "refused"},
	{"port-unreachable", "127.0.0.1", "127.0.0.1", MARK_PORT_UNREACHABLE, ECONNREFUSED,
	 "refused"},
	{"host-unreachable", "127.0.0.1", "127.0.0.1", MARK_HOST_UNREACHABLE, EHOSTUNREACH,
	 "unreachable"},
	{"host-unreachable-ipv6", "::1", "::1", MARK_HOST_UNREACHABLE, EHOSTUNREACH, "unreachable"},
	{"net-unreachable", "127.0.0.1", "127.0.0.1", MARK_NET_UNREACHABLE, ENETUNREACH,
	 "unreachable"},
	{"prohibited", "127.0.0.1", "127.0.0.1", MARK_PROHIBITED, EHOSTUNREACH, "unreachable"},
	{"no-neighbour", "10.8.0.1", "10.8.0.9", MARK_NONE, EHOSTUNREACH, "unreachable"},
	{"timed-out", "127.0.0.1", "127.0.0.1", MARK_DROP, ETIMEDOUT, "timeout"},
	{"timed-out-ipv6", "::1", "::1", MARK_DROP, ETIMEDOUT, "timeout"},
};

/* A connect that fails before anything is sent: tcptop must show no connection. */
static void without_route(void)
{
	struct sockaddr_storage to = address("192.0.2.1", 9);
	int fd = stream_socket(AF_INET);

	if (!connect_to(fd, &to) || (errno != EHOSTUNREACH && errno != ENETUNREACH))
		die("there is a route");
	close(fd);
}

static void attempt(const struct attempt *a, int all)
{
	static int fds[ATTEMPTS_MAX];
	static struct end ends[ATTEMPTS_MAX];

	for (int i = 0; i < all; i++) {
		struct end *e = &ends[i];

		e->local = address(a->from, FIRST_PORT + i);
		e->remote = address(a->to, 9);
		e->direction = "outbound", e->source = "connect", e->reason = a->reason;
		fds[i] = stream_socket(e->local.ss_family);
		mark(fds[i], a->mark);
		if (a->error == ETIMEDOUT)
			set_option(fds[i], IPPROTO_TCP, TCP_SYNCNT, 1); /* 1 s and 2 s */
		bind_to(fds[i], &e->local);
		must(fcntl(fds[i], F_SETFL, O_NONBLOCK), "O_NONBLOCK");
		if (!connect_to(fds[i], &e->remote) || errno != EINPROGRESS)
			die("no attempt");
	}
	for (int i = 0; i < all; i++) {
		socklen_t size = sizeof(errno);
		int error;

		count(&ends[i], fds[i]);
		must(getsockopt(fds[i], SOL_SOCKET, SO_ERROR, &error, &size), "SO_ERROR");
		errno = error;
		if (error != a->error)
			die("it failed otherwise");
		tell_end(&ends[i]);
		close(fds[i]);
	}
}

int main(int argc, char **argv)
{
	bounded();
	for (size_t i = 0; argc == 3 && i < sizeof(attempts) / sizeof(*attempts); i++) {
		if (!strcmp(attempts[i].name, argv[1])) {
			without_route();
			attempt(&attempts[i], atoi(argv[2]));
			return 0;
		}
	}
	fprintf(stderr, "usage: tcp_attempt_workload CASE COUNT\n");
	return 2;
}
