/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses, sockets and processes of the TCP workloads. */
#ifndef TCPTOP_SOCKETS_H
#define TCPTOP_SOCKETS_H

#include "truth.h"

#include <linux/tcp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define PATIENCE_SECONDS 120

static inline void named(const char *format, int n)
{
	char name[16];

	snprintf(name, sizeof(name), format, n);
	prctl(PR_SET_NAME, name);
}

/* Forks; the new process, in which this returns 0, has this name and ends with its parent. */
static inline pid_t spawn(const char *name, int n)
{
	pid_t parent = getpid(), child = must(fork(), "fork"), seen;

	if (child)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	seen = getppid();
	if (seen && seen != parent) /* 0: the parent is outside of this pid namespace */
		_exit(1);
	named(name, n);
	return 0;
}

/* Waits for a child, which must end with status 0 or by this signal. */
static inline void await_child(pid_t child, int signal)
{
	int status;

	must(waitpid(child, &status, 0), "waitpid");
	if (WIFSIGNALED(status) ? WTERMSIG(status) != signal : WEXITSTATUS(status)) {
		fprintf(stderr, "a child ended with status %x\n", status);
		exit(1);
	}
}

/* Bounds the workload's life, whatever happens to its connections. */
static inline void bounded(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	alarm(PATIENCE_SECONDS);
}

/* text: an IPv4 or IPv6 address, with %INTERFACE where it is link-local. */
static inline struct sockaddr_storage address(const char *text, int port)
{
	struct sockaddr_storage at = {};
	struct sockaddr_in *four = (struct sockaddr_in *)&at;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)&at;
	char plain[64];
	char *scope;

	snprintf(plain, sizeof(plain), "%s", text);
	scope = strchr(plain, '%');
	if (scope) {
		*scope = 0;
		six->sin6_scope_id = must(if_nametoindex(scope + 1), "if_nametoindex");
	}
	if (inet_pton(AF_INET6, plain, &six->sin6_addr) == 1)
		at.ss_family = AF_INET6;
	else if (inet_pton(AF_INET, plain, &four->sin_addr) == 1)
		at.ss_family = AF_INET;
	else
		must(-1, text);
	six->sin6_port = htons(port); /* at the same offset in both */
	return at;
}

static inline socklen_t address_size(const struct sockaddr_storage *at)
{
	return at->ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

static inline void bind_to(int fd, const struct sockaddr_storage *at)
{
	must(bind(fd, (const struct sockaddr *)at, address_size(at)), "bind");
}

static inline int connect_to(int fd, const struct sockaddr_storage *at)
{
	return connect(fd, (const struct sockaddr *)at, address_size(at));
}

static inline void set_option(int fd, int level, int option, int value)
{
	must(setsockopt(fd, level, option, &value, sizeof(value)), "setsockopt");
}

static inline int stream_socket(int family)
{
	return must(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
}

static inline int listen_at(const struct sockaddr_storage *at, int reuse_port)
{
	int fd = stream_socket(at->ss_family);

	if (reuse_port)
		set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	bind_to(fd, at);
	must(listen(fd, 4096), "listen");
	return fd;
}

/* Accepts a connection; -1 after shutdown() of the listener, which ends the accepting processes. */
static inline int accept_next(int listener)
{
	int fd;

	do
		fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	while (fd < 0 && errno == EINTR);
	if (fd < 0 && errno != EINVAL)
		die("accept4");
	return fd;
}

static inline void send_all(int fd, const void *bytes, size_t n)
{
	for (long sent; n; n -= sent, bytes = (const char *)bytes + sent)
		sent = must(send(fd, bytes, n, 0), "send");
}

static inline void receive_all(int fd, void *bytes, size_t n)
{
	if (must(recv(fd, bytes, n, MSG_WAITALL), "recv") != (long)n)
		die("the connection ended early");
}

/* Closes the socket by RST. */
static inline void reset(int fd)
{
	struct linger none = {.l_onoff = 1};

	must(setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none)), "SO_LINGER");
	close(fd);
}

static inline struct tcp_info info_of(int fd)
{
	struct tcp_info info = {};
	socklen_t size = sizeof(info);

	must(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size), "TCP_INFO");
	return info;
}

/* The kernel's counters in the state CLOSE (7), when they can change no more. */
static inline struct tcp_info await_closed(int fd)
{
	struct tcp_info info;

	for (;;) {
		info = info_of(fd);
		if (info.tcpi_state == 7)
			return info;
		usleep(20);
	}
}

#endif
