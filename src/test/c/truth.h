/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a workload knows of the connections that it makes: for each end of a connection one line of
 * KEY=VALUE words on stdout. README.md describes the lines. Each line is written at once, so that
 * processes can share stdout.
 */
#ifndef TCPTOP_TRUTH_H
#define TCPTOP_TRUTH_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Ends the workload, and with it the test: without the truth there is nothing to compare. */
static inline void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

/* Returns the result of a system call that must not fail. */
static inline long must(long n, const char *what)
{
	if (n < 0)
		die(what);
	return n;
}

/* The socket's own address. */
static inline struct sockaddr_storage name_of(int fd)
{
	struct sockaddr_storage at = {};
	socklen_t size = sizeof(at);

	must(getsockname(fd, (struct sockaddr *)&at, &size), "getsockname");
	return at;
}

static inline struct sockaddr_storage peer_of(int fd)
{
	struct sockaddr_storage at = {};
	socklen_t size = sizeof(at);

	must(getpeername(fd, (struct sockaddr *)&at, &size), "getpeername");
	return at;
}

/* The address as tcptop shows it: v4-mapped as IPv4, link-local with its interface's index. */
static inline const char *address_text(const struct sockaddr_storage *at, char text[64])
{
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)at;

	if (at->ss_family == AF_INET) {
		inet_ntop(AF_INET, &((const struct sockaddr_in *)at)->sin_addr, text, 64);
	} else if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr)) {
		inet_ntop(AF_INET, &six->sin6_addr.s6_addr[12], text, 64);
	} else {
		inet_ntop(AF_INET6, &six->sin6_addr, text, 64);
		if (IN6_IS_ADDR_LINKLOCAL(&six->sin6_addr))
			snprintf(text + strlen(text), 64 - strlen(text), "%%%u",
				 six->sin6_scope_id);
	}
	return text;
}

static inline int address_port(const struct sockaddr_storage *at)
{
	return ntohs(((const struct sockaddr_in *)at)->sin_port); /* at the same offset in both */
}

/* The process's name, which is its first thread's, whichever thread calls this. */
static inline const char *process_name(char name[16])
{
	int fd = must(open("/proc/self/comm", O_RDONLY | O_CLOEXEC), "open /proc/self/comm");
	long n = must(read(fd, name, 16), "read /proc/self/comm");

	close(fd);
	name[n - 1] = 0; /* instead of the newline */
	return name;
}

/* The pid in the test's pid namespace, to which /proc belongs; this process may be in another. */
static inline int process_number(void)
{
	char number[16] = "";

	must(readlink("/proc/self", number, sizeof(number) - 1), "readlink /proc/self");
	return atoi(number);
}

/* Prints the truth of an end that the current process owns; format gives further words. */
static inline void __attribute__((format(printf, 4, 5)))
tell(const char *protocol, const struct sockaddr_storage *local,
     const struct sockaddr_storage *remote, const char *format, ...)
{
	char line[1024], from[64], to[64], name[16];
	va_list args;
	int n;

	n = snprintf(line, sizeof(line),
		     "protocol=%s localAddress=%s localPort=%d remoteAddress=%s remotePort=%d "
		     "pid=%d process=%s ",
		     protocol, address_text(local, from), address_port(local),
		     address_text(remote, to), address_port(remote), process_number(),
		     process_name(name));
	va_start(args, format);
	n += vsnprintf(line + n, sizeof(line) - n, format, args);
	va_end(args);
	line[n++] = '\n';
	if (write(STDOUT_FILENO, line, n) != n) /* in one write: below PIPE_BUF it is atomic */
		die("write");
}

#endif
