/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a workload knows of the connections that it makes: one line on stdout for each end of a
 * connection, of KEY=VALUE words. The keys are those of the contract's Connection; a value may be
 * a choice, "close|fd". Lines are written whole, so that processes may share stdout.
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

/* Ends the workload: a truth that can't be told is a failed test. */
static inline void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

/* The n of a system call that must not fail. */
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

/* The address as tcptop shows it: v4-mapped as IPv4, link-local with its scope. */
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
	return ntohs(((const struct sockaddr_in *)at)->sin_port); /* the same place in both */
}

/* The process's name: its first thread's, whichever thread asks. */
static inline const char *process_name(char name[16])
{
	int fd = must(open("/proc/self/comm", O_RDONLY | O_CLOEXEC), "open /proc/self/comm");
	long n = must(read(fd, name, 16), "read /proc/self/comm");

	close(fd);
	name[n - 1] = 0; /* instead of the newline */
	return name;
}

/* The process's number as /proc has it: the test's, whatever pid namespace this one is in. */
static inline int process_number(void)
{
	char number[16] = "";

	must(readlink("/proc/self", number, sizeof(number) - 1), "readlink /proc/self");
	return atoi(number);
}

/* Says what is true of one end, of which current is the owner; format adds further words. */
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
	if (write(STDOUT_FILENO, line, n) != n) /* at once: below PIPE_BUF it stays whole */
		die("write");
}

#endif
