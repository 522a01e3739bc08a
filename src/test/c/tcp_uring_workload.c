/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TCP connections that io_uring alone makes, uses and closes: the process creates its sockets, and
 * makes no other system call on them. tcp_uring_workload CASE COUNT
 */
#include "end.h"

#include <liburing.h>

#define SERVER_PORT 9000
#define CLIENT_PORT 10000
#define REQUEST 3000
#define ANSWER 70000

static const struct uring_case {
	const char *name;
	unsigned flags; /* of the ring */
	unsigned sqe;	/* flags of each request */
	int direct;	/* the accepted socket has no file descriptor */
} cases[] = {
	{"plain", 0, 0, 0},
	{"polled", IORING_SETUP_SQPOLL, 0,
	 0},				/* a kernel thread of the process submits the requests */
	{"workers", 0, IOSQE_ASYNC, 0}, /* worker threads carry out each request */
	{"direct", 0, 0, 1},
};

static const struct uring_case *which;
static struct io_uring ring;

static struct io_uring_sqe *prepare(void)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);

	if (!sqe)
		die("io_uring_get_sqe");
	return sqe;
}

/* Submits the prepared request and returns its result. */
static int done(struct io_uring_sqe *sqe, const char *what)
{
	struct io_uring_cqe *cqe;
	int n;

	sqe->flags |= which->sqe;
	n = io_uring_submit_and_wait(&ring, 1);
	if (n >= 0)
		n = io_uring_wait_cqe(&ring, &cqe);
	if (n >= 0) {
		n = cqe->res;
		io_uring_cqe_seen(&ring, cqe);
	}
	errno = -n;
	return must(n < 0 ? -1 : n, what);
}

static void transfer(int fd, void *bytes, int n, int out)
{
	for (int moved; n; n -= moved) {
		struct io_uring_sqe *sqe = prepare();

		if (out)
			io_uring_prep_send(sqe, fd, bytes, n, 0);
		else
			io_uring_prep_recv(sqe, fd, bytes, n, 0);
		if (which->direct && fd == 0)
			sqe->flags |= IOSQE_FIXED_FILE;
		moved = done(sqe, out ? "send" : "recv");
		if (!moved)
			die("the connection ended early");
	}
}

static void start_ring(void)
{
	int n = io_uring_queue_init(8, &ring, which->flags);

	errno = -n;
	must(n, "io_uring_queue_init");
	if (which->direct) {
		n = io_uring_register_files_sparse(&ring, 1);
		errno = -n;
		must(n, "io_uring_register_files_sparse");
	}
}

static void serve(int listener, const struct sockaddr_storage *at, int all)
{
	static char bytes[ANSWER];

	start_ring();
	for (int i = 0; i < all; i++) {
		struct sockaddr_storage from = {};
		socklen_t size = sizeof(from);
		struct io_uring_sqe *sqe = prepare();
		struct end e;
		int fd;

		if (which->direct)
			io_uring_prep_accept_direct(sqe, listener, (struct sockaddr *)&from, &size,
						    0, 0);
		else
			io_uring_prep_accept(sqe, listener, (struct sockaddr *)&from, &size, 0);
		fd = done(sqe, "accept"); /* direct: the slot 0 of the ring's files */
		e = (struct end){*at, from, ANSWER, REQUEST, "inbound", "accept", "normal"};
		transfer(fd, bytes, REQUEST, 0);
		transfer(fd, bytes, ANSWER, 1);
		sqe = prepare();
		io_uring_prep_recv(sqe, fd, bytes, 1, 0);
		if (which->direct)
			sqe->flags |= IOSQE_FIXED_FILE;
		if (done(sqe, "recv"))
			die("more than the request");
		tell_end(&e);
		sqe = prepare();
		if (which->direct)
			io_uring_prep_close_direct(sqe, 0);
		else
			io_uring_prep_close(sqe, fd);
		done(sqe, "close");
	}
	exit(0);
}

static void ask(const struct sockaddr_storage *to, int all)
{
	static char bytes[ANSWER];

	start_ring();
	for (int i = 0; i < all; i++) {
		struct sockaddr_storage from = address("127.0.0.1", CLIENT_PORT + i);
		struct io_uring_sqe *sqe;
		/* Never 0, by which transfer() knows the direct socket. */
		int fd = stream_socket(AF_INET);
		struct end e = {from, *to, REQUEST, ANSWER, "outbound", "connect", "normal"};

		bind_to(fd, &from);
		sqe = prepare();
		io_uring_prep_connect(sqe, fd, (const struct sockaddr *)to, address_size(to));
		done(sqe, "connect");
		transfer(fd, bytes, REQUEST, 1);
		transfer(fd, bytes, ANSWER, 0);
		tell_end(&e);
		sqe = prepare();
		io_uring_prep_close(sqe, fd);
		done(sqe, "close");
	}
}

int main(int argc, char **argv)
{
	bounded();
	for (size_t i = 0; argc == 3 && i < sizeof(cases) / sizeof(*cases); i++) {
		if (!strcmp(cases[i].name, argv[1])) {
			struct sockaddr_storage at = address("127.0.0.1", SERVER_PORT);
			int listener = listen_at(&at, 0);
			pid_t worker = spawn("worker-%d", 0);

			which = &cases[i];
			if (!worker)
				serve(listener, &at, atoi(argv[2]));
			ask(&at, atoi(argv[2]));
			await_child(worker, 0);
			return 0;
		}
	}
	fprintf(stderr, "usage: tcp_uring_workload CASE COUNT\n");
	return 2;
}
