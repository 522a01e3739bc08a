#!/usr/bin/env bash
# io_uring: a process can hold and serve a connection that is in no /proc/PID/fd, so that ss shows nobody.
#
# Surprise: a connection accepted into a direct descriptor lives in the ring's own table. It is ESTABLISHED, has an inode, is
#   read and written, and neither /proc/PID/fd nor `ss -p` has it, for root too. Only the ring's own fdinfo has a line for
#   it, which names the inode with Linux 6.18 and not yet with 6.12.
# Matters: every monitor that finds the owner by way of /proc/PID/fd has connections without one.
# Seen with: Linux 6.1, 6.12 and 6.18, liburing 2.3, iproute2 6.1.0.
. "$(dirname "$0")/lib.sh"

debian liburing-dev
c_program serve -I"$work/root/usr/include" -L"$libraries" -l:liburing.a <<'C'
#include <arpa/inet.h>
#include <liburing.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct io_uring ring;

static void must(int ok)
{
	if (!ok)
		exit(2);
}

static int result(void)
{
	struct io_uring_cqe *completion;
	int result;

	must(io_uring_submit(&ring) >= 0 && !io_uring_wait_cqe(&ring, &completion));
	result = completion->res;
	io_uring_cqe_seen(&ring, completion);
	return result;
}

/* Accepts by the ring or by accept(), answers a byte, and shows what can be seen of the connection. */
static void serve(const char *name, int port, int direct)
{
	struct sockaddr_in at = {AF_INET, htons(port), {htonl(INADDR_LOOPBACK)}};
	int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0), server = 0;
	char byte = 0, command[200], line[400] = "", *inode;
	unsigned long number;
	FILE *ss;
	struct io_uring_sqe *entry;

	must(!bind(listener, (void *)&at, sizeof(at)) && !listen(listener, 1));
	must(!connect(client, (void *)&at, sizeof(at)));
	if (direct) {
		io_uring_prep_accept_direct(io_uring_get_sqe(&ring), listener, NULL, NULL, 0, 0);
		must(result() == 0);
	} else {
		must((server = accept(listener, NULL, NULL)) >= 0);
	}
	entry = io_uring_get_sqe(&ring);
	io_uring_prep_send(entry, server, "x", 1, 0);
	if (direct)
		entry->flags |= IOSQE_FIXED_FILE;
	must(result() == 1);
	must(read(client, &byte, 1) == 1 && byte == 'x');
	snprintf(command, sizeof(command), "ss -Htnpe state established sport = :%d", port);
	must((ss = popen(command, "r")) && fgets(line, sizeof(line), ss) && !pclose(ss));
	must((inode = strstr(line, "ino:")) && sscanf(inode, "ino:%lu", &number) == 1 && number);
	snprintf(command, sizeof(command), "ls -l /proc/%d/fd | grep -q 'socket:.%lu'", getpid(), number);
	printf("%-18s ESTABLISHED, inode not 0, in /proc/PID/fd: %-3s  process shown by ss: %s\n", name,
	       system(command) ? "no" : "yes", strstr(line, "users:") ? "yes" : "no");
}

int main(void)
{
	must(!io_uring_queue_init(4, &ring, 0) && !io_uring_register_files_sparse(&ring, 1));
	serve("accept()", 7000, 0);
	serve("direct descriptor", 7001, 1);
	return 0;
}
C

echo "Linux $(uname -r | cut -d. -f1,2), $(ss -V)"
in_network "$work/serve" >"$work/seen"
expect "$work/seen" <<'SEEN'
accept()           ESTABLISHED, inode not 0, in /proc/PID/fd: yes  process shown by ss: yes
direct descriptor  ESTABLISHED, inode not 0, in /proc/PID/fd: no   process shown by ss: no
SEEN
